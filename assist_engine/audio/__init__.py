"""Bytes to ordered PCM per channel. Pure."""
