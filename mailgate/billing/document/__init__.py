"""Invoices and credit notes: their lines, sums, numbers, references, and how they are frozen."""
