"""A workspace written out as records, and records read in again."""
