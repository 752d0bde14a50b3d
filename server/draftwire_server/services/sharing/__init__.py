"""Who else looks at a draft or types in it, and questions to its owner."""
