"""What customers ask for by mail, and how it is done."""
