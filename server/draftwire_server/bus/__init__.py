"""What carries: Redis or Valkey. Whatever is here may vanish at any time."""
