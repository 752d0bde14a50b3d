"""Two sides brought together: hunks, choices, single parts, and where both meet."""
