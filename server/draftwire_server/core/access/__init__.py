"""Who may do what and ask for what: rights, tokens, hosts, addresses, sealed values."""
