"""From an accepted message to its disposition."""
