"""Bank lines in a table (CSV): a map says which column is what, and the table is read by it."""
