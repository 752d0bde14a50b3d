"""Items: made, forked, listed, moved, archived; and the secrets that they hold."""
