"""The knowledge view."""
