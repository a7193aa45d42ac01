"""Which calls need a supervisor, and why. Pure."""
