"""The words shared by the engine, the log and the desktop: ids, events, commands, wire."""
