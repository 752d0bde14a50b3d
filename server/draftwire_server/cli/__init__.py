"""The command line: starting, checking and stopping the server. The top layer: nothing imports it."""
