"""Questions whose answer, a yes from the registered address, lets the deed happen."""
