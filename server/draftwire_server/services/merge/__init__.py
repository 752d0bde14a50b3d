"""Two texts of one item brought together: the values to compare, differences, merges and choices."""
