"""Saved cards: which are kept, what is charged to them and when, and what their owners hear of it."""
