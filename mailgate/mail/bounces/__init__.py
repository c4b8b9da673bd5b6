"""Delivery reports: found by evidence that adds up, judged in a normal form."""
