"""The supervisor wall."""
