"""Where mail comes in."""
