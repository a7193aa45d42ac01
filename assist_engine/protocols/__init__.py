"""Wire formats of audio sources, sans-I/O: receive, events, to_send."""
