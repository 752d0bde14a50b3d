"""A draft's log: read, committed to, with the alerts that it opens."""
