"""The engine: hears calls, understands them and says what would help."""
