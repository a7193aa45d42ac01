"""Signals: what an utterance means. Pure."""
