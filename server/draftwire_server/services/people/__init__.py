"""Members, groups, folders and grants of a workspace, by hand and from a platform's directory."""
