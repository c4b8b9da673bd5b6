"""Figures of the business: who owes since when, what was earned, what recurs. Currencies are never added up."""
