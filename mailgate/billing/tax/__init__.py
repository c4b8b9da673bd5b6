"""Which tax a sale carries, and what it comes to."""
