"""Members, keys, rights: what a request is decided by."""
