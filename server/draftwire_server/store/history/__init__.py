"""A draft's past, and how long everything is kept."""
