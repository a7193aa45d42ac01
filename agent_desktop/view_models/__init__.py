"""What the views show, without widgets or network."""
