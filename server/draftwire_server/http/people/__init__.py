"""Routes of members, groups, folders, keys and a workspace's settings."""
