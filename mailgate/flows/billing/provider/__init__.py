"""What is asked of the card provider: jobs that charge, refund, keep links and read its lists, each crash-safe."""
