"""The state of a call as a pure fold of its events."""
