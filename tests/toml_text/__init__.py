"""TOML texts: where everything stands."""
