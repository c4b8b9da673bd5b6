"""Money in and out of documents: what settles them, what goes back of it, and what follows for services."""
