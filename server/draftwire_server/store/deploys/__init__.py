"""Versions, and what they leave to be done."""
