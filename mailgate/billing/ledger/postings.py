"""Postings of which events are made: what is owed, kept, sold. Amounts that are given are positive, in minor units."""

from collections.abc import Iterator, Mapping

from mailgate.billing.ledger.accounts import CREDIT, RECEIVABLE, income, tax
from mailgate.billing.ledger.transaction import BadTransaction, Posting


def sales(net_minor: Mapping[str, int], tax_minor: Mapping[str, int], *, sign: int) -> tuple[Posting, ...]:
    """Income and tax; two names of one account are one posting."""
    by_account: dict[str, int] = {}
    for account, minor in (
        *((income(kind), minor) for kind, minor in net_minor.items()),
        *((tax(name), minor) for name, minor in tax_minor.items()),
    ):
        by_account[account] = by_account.get(account, 0) + sign * minor
    return tuple(Posting(account, minor) for account, minor in by_account.items() if minor)


def receivable(customer_id: int, by_invoice: Mapping[int, int], *, sign: int) -> Iterator[Posting]:
    """What is owed of invoices, by the id of each: more of it, or less with `sign` -1."""
    for invoice_id, minor in by_invoice.items():
        if minor:
            yield Posting(RECEIVABLE, sign * positive(minor), customer_id, invoice_id)


def kept(customer_id: int, account: str, amount_minor: int) -> Iterator[Posting]:
    """What a customer has in hand with us; nothing for nothing."""
    if amount_minor:
        yield Posting(account, -positive(amount_minor), customer_id if account == CREDIT else None)


def once(account: str, amount_minor: int) -> tuple[Posting]:
    """A debit on an account that is of no customer."""
    return (Posting(account, positive(amount_minor)),)


def sent_back(customer_id: int, amount_minor: int, out_of: str, by: str, *, sign: int) -> Iterator[Posting]:
    """Money goes back to a customer, or with `sign` -1 comes back from there."""
    amount = sign * positive(amount_minor)
    yield Posting(out_of, amount, customer_id if out_of == CREDIT else None)
    yield Posting(by, -amount)


def positive(minor: int) -> int:
    """The amount itself. Raises BadTransaction where it is none."""
    if minor <= 0:
        raise BadTransaction(f"an amount of {minor} where there must be some")
    return minor
