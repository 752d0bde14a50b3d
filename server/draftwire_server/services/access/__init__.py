"""Who asks, what they may do, and what they are called: known for each request, and again when it changes."""
