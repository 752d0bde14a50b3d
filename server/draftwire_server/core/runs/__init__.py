"""What an AI session's run did to a draft, and how it is reviewed and undone."""
