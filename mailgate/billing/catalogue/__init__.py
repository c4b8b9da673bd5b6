"""The catalogue file: what the operator sells, read whole or refused with all its mistakes; what an import changes."""
