"""Rows of billing: what is sold."""
