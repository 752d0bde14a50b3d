"""Commands of items, their drafts and versions."""
