"""Backups, restoring, erasing, and whose store it is at the moment."""
