"""Versions: made by deploys, read by people and runtimes; and what they mean for drafts."""
