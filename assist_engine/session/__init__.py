"""One live call: runs the stages, appends events, fans them out."""
