"""The demonstration: a recorded call through the whole real path, told on the terminal too."""
