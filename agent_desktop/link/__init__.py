"""The way to the engine: a client, its thread and the inbox into Qt."""
