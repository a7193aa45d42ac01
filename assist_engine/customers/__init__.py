"""Who is calling, and what happened before."""
