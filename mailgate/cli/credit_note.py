"""`mailgate credit-note`: beside the invoices that they take back."""

from mailgate.cli.invoice import credit_note

__all__ = ["credit_note"]
