"""The rules of money: periods, proration, tax, invoices, the ledger. Whole minor units everywhere, no I/O."""
