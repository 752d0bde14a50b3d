"""Who is where: this worker's connections, sessions without one, and the rosters of items."""
