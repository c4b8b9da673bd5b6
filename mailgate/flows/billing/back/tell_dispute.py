"""Staff hear of chargebacks: what is open again, until when nothing is asked for, and how each has ended."""

from collections.abc import Collection
from typing import Any

from mailgate.flows.billing.books import Deal
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import stamp
from mailgate.payments.provider import DisputeSeen
from mailgate.people import present
from store import people
from store.billing import invoices, payments
from store.billing.disputes import Dispute


def tell_dispute(deal: Deal, one: Dispute, reopened: Collection[int] = (), *, owed_minor: int = 0) -> None:
    """A dispute of a customer's, with the invoices that are open again by it; or how it has ended.

    `owed_minor`: what no invoice asks for, since it had gone back before.
    """
    act = Act.begin(deal.conn, deal.books.settings, deal.now)
    paid = payments.get(deal.conn, one.payment_id)
    customer = deal.payer.customer
    _tell(
        act,
        {
            "id": one.id,
            "theirs": one.provider_id,
            "state": one.state.value,
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "reason": one.reason,
            "label": paid.label or paid.method,
            "paid_on": paid.received_on.isoformat(),
            "rests_until": stamp(one.rests_until) if one.rests_until else None,
        },
        customer={
            "number": customer.id,
            "name": customer.name,
            "page": staff_page(act, f"customers/{customer.id}"),
        },
        invoices=[found.number for found in invoices.several(deal.conn, tuple(reopened))],
        owed_minor=owed_minor,
    )


def tell_unknown(act: Act, seen: DisputeSeen) -> None:
    """One of a payment that is not in these books."""
    _tell(
        act,
        {
            "id": None,
            "theirs": seen.id,
            "state": seen.state.value,
            "amount_minor": seen.amount_minor,
            "currency": seen.currency,
            "reason": seen.reason,
            "label": seen.charge_id,
            "paid_on": None,
            "rests_until": None,
        },
        customer=None,
        invoices=[],
        owed_minor=0,
    )


def _tell(act: Act, dispute: dict[str, Any], **values: object) -> None:
    told = [
        letter(Template.DISPUTE, sheet_for(act, reader), {"dispute": dispute, **values})
        for reader in present(people.list_staff(act.conn), now=act.now)
    ]
    if told:
        notify(act, told, cause=None)
