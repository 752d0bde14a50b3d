"""What joins decisions, store and bus into what the server does."""
