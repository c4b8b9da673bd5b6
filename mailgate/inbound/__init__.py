"""Where mail comes in: every way ends in `accept`. spamd's client stands here too."""
