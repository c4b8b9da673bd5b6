"""The search: its words and operators, both databases, and who finds what."""
