"""Edits decided against a draft's log: what they meet, what becomes of them, what travels."""
