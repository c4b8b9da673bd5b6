"""Backup and restore, of an embedded store and of one in a PostgreSQL."""
