"""The command line: one module for each noun; parts meet here and nothing is decided."""
