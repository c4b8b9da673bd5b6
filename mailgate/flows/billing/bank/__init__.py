"""A bank's files: what is sure is booked, staff decide on the rest, by commands or by an answer to a list."""
