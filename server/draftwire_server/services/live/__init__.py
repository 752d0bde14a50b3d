"""Drafts as they are typed in: followed, decided, committed and sent on."""
