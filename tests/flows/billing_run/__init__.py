"""The billing run, with what falls due beside it."""
