"""A seeded company to play with, on loopback, in a temporary directory."""
