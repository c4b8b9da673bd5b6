"""Answers to the lists that staff get: one line decides on one thing."""
