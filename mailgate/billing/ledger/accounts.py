"""The accounts of the ledger: five constant trees of names, and the few whose last part is given from outside."""

import re
from unicodedata import category, normalize

RECEIVABLE = "assets:receivable"
"""What a customer owes, by invoice."""

BANK = "assets:bank"
CASH = "assets:cash"

CREDIT = "liabilities:credit"
"""What is kept for a customer. Debits count positive, so it stands at zero or below: never overdrawn."""

REFUNDS = "liabilities:refunds"
"""What is to go back to a customer and has not been sent."""

OPENING = "equity:opening-balances"
"""What customers had in an older system and have here since; in an extract also what stood there before it begins."""

GIFTS = "expenses:gifts"
FEES = "expenses:fees"
WRITE_OFFS = "expenses:write-offs"
ROUNDING = "expenses:rounding"
"""What a provider cannot express in its units."""
DIFFERENCES = "expenses:differences"
"""Cents that a payment came short of."""

OF_A_CUSTOMER = frozenset({RECEIVABLE, CREDIT})
"""Kept for each customer apart."""

_KEPT = frozenset({"Ll", "Lu", "Lt", "Lo", "Lm", "Nd"})
"""Categories of Unicode: letters and decimal digits."""

_ACCOUNT = re.compile(r"(?:assets|liabilities|equity|income|expenses)(?::[^\W_]+(?:-[^\W_]+)*)+\Z")


def provider(name: str) -> str:
    """Where a payment provider keeps our money until it is paid out."""
    return f"assets:{part(name)}"


def tax(name: str) -> str:
    """Tax of one rule, by its name as it stands on an invoice: "NY sales tax" is liabilities:tax:ny-sales-tax."""
    return f"liabilities:tax:{part(name)}"


def income(kind: str) -> str:
    """What products of one kind bring in."""
    return f"income:{part(kind)}"


def part(name: str) -> str:
    """A name as one part of an account: its letters and digits in lower case, a hyphen in place of all else.

    So the names that accounting programs disagree about do not arise. Names without a letter or digit are "other".
    """
    plain = normalize("NFKC", name).lower()
    kept = (char if category(char) in _KEPT else " " for char in plain)
    return "-".join("".join(kept).split()) or "other"


def is_account(name: str) -> bool:
    """It is written as the accounts of this ledger are."""
    return _ACCOUNT.match(name) is not None
