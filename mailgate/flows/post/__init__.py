"""Mails of ours: the send gate, their delivery, and what becomes of those that nobody takes."""
