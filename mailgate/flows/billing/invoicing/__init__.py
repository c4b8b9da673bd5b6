"""What is due becomes invoices: drafted, planned, held or let go on, and issued by a run in batches."""
