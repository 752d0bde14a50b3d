"""What one worker process has for all its services: children, a watch over its loop, a way out, its outbox."""
