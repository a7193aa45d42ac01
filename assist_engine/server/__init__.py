"""The websocket and HTTP door of the engine."""
