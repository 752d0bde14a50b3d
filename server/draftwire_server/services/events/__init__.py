"""The event log, the channels that it feeds, and its way to webhooks."""
