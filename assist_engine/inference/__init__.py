"""The one inference thread, its encoders, and the emotion model with its training."""
