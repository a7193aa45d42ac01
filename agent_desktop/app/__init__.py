"""Puts windows, models, sound and link together, one desk a role."""
