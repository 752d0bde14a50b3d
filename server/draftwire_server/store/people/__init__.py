"""Groups, folders, grants, and the end of a member."""
