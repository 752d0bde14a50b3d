"""Splices of one text, lengths in UTF-16 units, lines and differences. Pure."""
