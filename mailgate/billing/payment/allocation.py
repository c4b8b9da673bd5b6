"""Which money settles what: payments, credit and credit notes, against open invoices of one account and currency."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice of which something is still to be paid."""

    id: int
    due_on: date
    open_minor: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """So much is set against this invoice."""

    invoice_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """Where an amount goes: to invoices, in this order, and what is left becomes credit."""

    allocations: tuple[Allocation, ...]
    excess_minor: int

    @property
    def by_invoice(self) -> dict[int, int]:
        """Minor units by the id of the invoice."""
        return {one.invoice_id: one.amount_minor for one in self.allocations}


def allocate(
    amount_minor: int, open_invoices: Iterable[OpenInvoice], *, credited: Collection[int] = frozenset()
) -> Allocated:
    """Set an amount, which is not negative, against invoices, oldest due first, then in the order of their ids.

    `credited`: ids of the invoices whose lines a credit note credits. They come first, so that an unpaid bill shrinks
    before a balance grows.
    """
    assert amount_minor >= 0
    left = amount_minor
    found: list[Allocation] = []
    for invoice in sorted(open_invoices, key=lambda one: (one.id not in credited, one.due_on, one.id)):
        taken = min(left, invoice.open_minor)
        if taken > 0:
            found.append(Allocation(invoice.id, taken))
            left -= taken
    return Allocated(tuple(found), left)
