"""The Draftwire server."""
