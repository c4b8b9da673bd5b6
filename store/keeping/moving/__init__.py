"""Move a whole store from one kind of database to the other."""
