"""Disputes and payouts: what Stripe does by itself. A cursor is the id of the newest of its events that was read.

Events say which dispute has changed, and how it stands is asked for: they come late, twice and in any order. Stripe
keeps them for 30 days, so a cursor that is not found among them means: all that there are.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from mailgate.payments.provider import DisputeSeen, DisputeState, Page, PayoutSeen
from mailgate.payments.stripe.reading import amount_of, currency_of, id_of, instant, reckoned_of
from mailgate.payments.stripe.talk import PAGE, Object, answer, listed

if TYPE_CHECKING:
    from stripe import StripeClient

DISPUTE_EVENTS = [
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
]
PAYOUT_EVENTS = ["payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled"]

_INQUIRY = "warning_"
"""A question of the bank's, by which nothing is taken back; it may become a dispute, which is told then."""

_ENDED = {"won": DisputeState.WON, "prevented": DisputeState.WON, "lost": DisputeState.LOST}


def disputes(client: "StripeClient", cursor: str) -> Page[DisputeSeen]:
    """Those that are new or have changed since a cursor, oldest first."""
    newest, ids = _changed(client, DISPUTE_EVENTS, cursor)
    if cursor:
        found = [_dispute(client, one) for one in ids]
    else:
        found = _oldest_first(listed(client.v1.disputes.list, {"limit": PAGE}))
    return Page([_dispute_seen(one) for one in found if not one["status"].startswith(_INQUIRY)], newest)


def dispute(client: "StripeClient", dispute_id: str) -> DisputeSeen:
    """How one stands."""
    return _dispute_seen(_dispute(client, dispute_id))


def payouts(client: "StripeClient", cursor: str) -> Page[PayoutSeen]:
    """Those that are new or have changed since a cursor, oldest first."""
    newest, ids = _changed(client, PAYOUT_EVENTS, cursor)
    if cursor:
        found = [answer(client.v1.payouts.retrieve, one) for one in ids]
    else:
        found = _oldest_first(listed(client.v1.payouts.list, {"limit": PAGE}))
    return Page([_payout_seen(one) for one in found], newest)


def _changed(client: "StripeClient", types: list[str], cursor: str) -> tuple[str, list[str]]:
    """The cursor from now on, and whose events have come since the last one, oldest first.

    Read before what they are about, so what changes meanwhile is read once more and never missed.
    """
    events = listed(client.v1.events.list, {"types": types, "limit": PAGE if cursor else 1})
    if not cursor:
        first = next(events, None)
        return str(first["id"]) if first else "", []
    new = list(takewhile(lambda event: event["id"] != cursor, events))
    newest = str(new[0]["id"]) if new else cursor
    return newest, list(dict.fromkeys(str(event["data"]["object"]["id"]) for event in reversed(new)))


def _oldest_first(things: Iterator[Object]) -> list[Object]:
    return list(things)[::-1]


def _dispute(client: "StripeClient", dispute_id: str) -> Object:
    return answer(client.v1.disputes.retrieve, dispute_id)


def _dispute_seen(dispute: Object) -> DisputeSeen:
    entries = dispute.get("balance_transactions") or []
    return DisputeSeen(
        id=str(dispute["id"]),
        charge_id=id_of(dispute.get("payment_intent")) or id_of(dispute["charge"]),
        state=_ENDED.get(dispute["status"], DisputeState.OPEN),
        currency=currency_of(dispute),
        amount_minor=amount_of(dispute),
        fee_minor=sum(reckoned_of(entry, "fee") for entry in entries),
        fee_currency=currency_of(entries[0]) if entries else "",
        opened_at=instant(dispute["created"]),
        reason=str(dispute.get("reason") or ""),
    )


def _payout_seen(payout: Object) -> PayoutSeen:
    return PayoutSeen(
        id=str(payout["id"]),
        currency=currency_of(payout),
        amount_minor=reckoned_of(payout, "amount"),
        arrives_on=instant(payout["arrival_date"]).date(),
        has_arrived=payout["status"] == "paid",
        has_failed=payout["status"] in {"failed", "canceled"},
    )
