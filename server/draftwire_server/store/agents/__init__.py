"""Runs, streams, suggestions, and what was undone of them."""
