"""What finished calls teach the knowledge base. Pure: events in, values out."""
