"""Routes of runs, tools, suggestions and undoing."""
