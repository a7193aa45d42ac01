"""Suggestions: what would help now. Pure."""
