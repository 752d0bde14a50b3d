"""Items: rows, lists, lives, old paths, secrets."""
