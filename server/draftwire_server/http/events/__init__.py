"""Routes of the event log and of webhooks."""
