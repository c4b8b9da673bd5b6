"""The stories: one function for each thing that happens, read from top to bottom."""
