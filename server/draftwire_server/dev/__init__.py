"""What only `draftwire dev`, the demo and the tests use."""
