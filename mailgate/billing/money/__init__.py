"""Amounts, currencies, and both in words."""
