"""Documents and the ops that change them. Pure."""
