"""What kinds say of documents, and how they are read."""
