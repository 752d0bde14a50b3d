"""Routes of drafts, of who shares them and of who is there."""
