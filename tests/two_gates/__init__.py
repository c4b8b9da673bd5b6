"""Two gates on one PostgreSQL: each test a story that went wrong, or could, when another was told at the same time."""
