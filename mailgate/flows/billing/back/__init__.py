"""What comes back or is taken back: documents, returned payments, chargebacks, refunds by hand."""
