"""Routes of items, their kinds and secrets, and of many drafts."""
