"""What a mail of ours is, who may get it, and what is always the same in it."""
