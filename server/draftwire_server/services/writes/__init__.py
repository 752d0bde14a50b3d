"""Writes made for one exact state of a draft: saves, discards, adoptions, restored texts, resolved alerts."""
