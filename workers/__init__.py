"""Jobs: one actor for each, on an embedded or a distributed broker."""
