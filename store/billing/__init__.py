"""Rows of what is sold, billed and paid."""
