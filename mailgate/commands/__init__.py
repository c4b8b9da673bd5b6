"""What may be commanded by mail: one grammar for all commands; each house brings its table of verbs."""
