"""Issued documents on paper: the frozen model in words, and the PDF that is made of it."""
