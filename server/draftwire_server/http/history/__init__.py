"""Routes of a draft's past, differences and activity."""
