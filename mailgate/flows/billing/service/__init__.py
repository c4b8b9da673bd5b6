"""Services come, change, rest, come back and go; what follows from it is billed or given back at once."""
