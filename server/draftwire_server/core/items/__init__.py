"""Paths of items, and searching in them."""
