"""Routes of what writes meet: adoptions, alerts, the stash."""
