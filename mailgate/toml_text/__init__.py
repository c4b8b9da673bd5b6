"""A TOML text that a person wrote: its values, where each of them stands, and what is wrong with it, named there."""
