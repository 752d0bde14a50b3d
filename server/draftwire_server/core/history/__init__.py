"""What a log says of the past: groups, spans and blame, names of states."""
