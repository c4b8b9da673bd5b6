"""The ledger, double entry: accounts, what is booked when, sums, the chain of digests, text for other programs."""
