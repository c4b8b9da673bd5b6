"""What is sold, and what it costs."""
