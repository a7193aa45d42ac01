"""Articles: written, published as releases, found."""
