"""Commands of people, rights, tokens, runs and webhooks."""
