"""Who is at an item, of what each worker says."""
