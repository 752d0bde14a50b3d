"""Routes of deploys and versions."""
