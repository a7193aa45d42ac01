"""One rule a function: it looks at a sheet of articles and yields what it finds."""
