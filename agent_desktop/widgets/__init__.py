"""Layout and painting; no decisions."""
