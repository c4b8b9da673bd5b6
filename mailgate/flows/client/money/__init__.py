"""What customers ask about money by mail, what they say of it, and what they are told."""
