"""One search over SQLite FTS5 or PostgreSQL tsvector: rows are marked when written, and indexed by the sweep."""
