"""Bank statements in camt.053 (ISO 20022), whatever the version of the message."""

from mailgate.billing.payment.bank_line import BadStatement
from mailgate.billing.payment.camt.one import Statement, read_statement
from mailgate.billing.payment.camt.stream import read_camt

__all__ = ["BadStatement", "Statement", "read_camt", "read_statement"]
