"""The command line and the processes behind it."""
