"""The WebSocket end: frames, connections, messages in and out."""
