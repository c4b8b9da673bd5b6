"""What may be commanded by mail: where commands stand, and how they are read."""
