"""The one encoder thread and the linear heads that read its vectors."""
