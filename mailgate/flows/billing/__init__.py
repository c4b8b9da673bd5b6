"""What happens to money: so far, the look at the ledger."""
