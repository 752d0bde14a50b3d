"""AI sessions: their runs, tools, streams and suggestions, and undoing what they did."""
