"""Processes: the supervisor, a worker, the development server with its own PostgreSQL and Valkey."""
