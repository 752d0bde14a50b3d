"""The client: over a WebSocket, with or without await; runs, streams, webhooks."""
