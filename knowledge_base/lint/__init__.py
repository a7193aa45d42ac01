"""The checks before publishing: rules that find what is wrong with articles, and their health."""
