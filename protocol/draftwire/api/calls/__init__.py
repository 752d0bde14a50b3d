"""The requests themselves, one class for each group of routes: made by `make generate` from `draftwire.rest`."""
