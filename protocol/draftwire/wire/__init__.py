"""The contract: messages, how they are read and written, names that it knows."""
