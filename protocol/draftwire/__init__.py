"""Draftwire: the wire contract, the pure document engine and the async client."""
