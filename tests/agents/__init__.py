"""AI sessions: who they are, what they may, how they are seen, how they write."""
