"""What staff do by mail."""
