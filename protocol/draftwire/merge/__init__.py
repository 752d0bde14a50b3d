"""Two documents compared and brought together. Pure."""
