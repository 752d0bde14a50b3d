"""The kinds of each workspace, and what their schemas object to."""
