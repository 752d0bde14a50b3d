"""Who else looks at a draft, and questions to its owner."""
