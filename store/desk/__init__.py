"""Tickets, their threads and deadlines, and what staff did on them."""
