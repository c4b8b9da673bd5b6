"""A year of a hosting company, lived day by day, and looked through by other means than it was made with."""
