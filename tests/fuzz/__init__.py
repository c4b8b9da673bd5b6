"""Mails made to break the reader: `make fuzz`."""
