"""A client's session and its drafts, without I/O and without a clock."""
