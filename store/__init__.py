"""The database and the archive of raw mail. SQLAlchemy Core, `conn` first; rows come back as frozen values."""
