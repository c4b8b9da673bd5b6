"""Staff hear of refunds: at once of what the provider does not send, each day of what a person has to send soon."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailgate.billing.refund import TOLD_BEFORE, RefundState
from mailgate.config import Settings
from mailgate.flows.billing.books import look
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.story.act import Act
from mailgate.flows.story.morning import morning
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.people import present
from store import people
from store.billing import payments, refunds
from store.billing.refunds import Refund
from store.post import outbox

LISTED = 25
"""Refunds that a mail names; it says how many more there are."""


def failing_at(conn: Connection, _settings: Settings, at: datetime) -> datetime | None:
    """When staff are to be told that the provider has not sent something; None: they were, or there is nobody."""
    found = refunds.untold(conn)
    return min(at, found[0].made_at) if found and people.list_staff(conn) else None


def tell_failing(act: Act) -> None:
    """Tell whoever is there of all of them in one mail, unless somebody did meanwhile."""
    found = refunds.untold(act.conn)
    if found and people.list_staff(act.conn):
        refunds.mark_told(act.conn, [one.id for one in found], now=act.now)
        _tell(act, Template.REFUND_FAILED, found)


def due_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When this morning's list is due; None when it was written, or nothing has a deadline so soon."""
    begin = morning(at, settings)
    last = outbox.last_written(conn, Template.REFUNDS_DUE)
    if last is not None and last >= begin:
        return None
    return begin if _soon(conn, settings, begin) and people.list_staff(conn) else None


def tell_due(act: Act) -> None:
    """Tell whoever is there what a person has to send in the next days, the nearest deadline first."""
    if due_at(act.conn, act.settings, act.now) is not None:
        _tell(act, Template.REFUNDS_DUE, _soon(act.conn, act.settings, act.now))


def address_of(conn: Connection, customer_id: int) -> str:
    """Where a check is sent to, on one line; "" when there is no address on file."""
    buyer = look(conn, (customer_id,))[customer_id].buyer
    if not (buyer.street and buyer.city):
        return ""
    parts = (
        buyer.organisation, buyer.name, buyer.street, f"{buyer.postcode} {buyer.city}".strip(), buyer.region,
        buyer.country,
    )  # fmt: skip
    return ", ".join(part for part in parts if part)


def _soon(conn: Connection, settings: Settings, at: datetime) -> Sequence[Refund]:
    return refunds.due_by(conn, at.astimezone(settings.gate.zone).date() + TOLD_BEFORE)


def _tell(act: Act, template: Template, found: Sequence[Refund]) -> None:
    today = act.now.astimezone(act.settings.gate.zone).date()
    rows = [
        {
            "id": one.id,
            "customer": _customer(act, one.customer_id),
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "deadline_on": one.deadline_on.isoformat(),
            "is_late": one.deadline_on < today,
            "state": one.state.value,
            "label": _label(act.conn, one),
            "code": one.code,
            "address": address_of(act.conn, one.customer_id),
        }
        for one in found[:LISTED]
    ]
    tasks = [one["id"] for one in rows if one["state"] == RefundState.TASK.value]
    values = {"refunds": rows, "more": len(found) - len(rows), "task": tasks[0] if tasks else None}
    told = [
        letter(template, sheet_for(act, reader), values) for reader in present(people.list_staff(act.conn), now=act.now)
    ]
    notify(act, told, cause=None)


def _customer(act: Act, customer_id: int) -> dict[str, object]:
    found = people.get_customer(act.conn, customer_id)
    return {"number": found.id, "name": found.name, "page": staff_page(act, f"customers/{found.id}")}


def _label(conn: Connection, one: Refund) -> str:
    """The card that it was paid by, where a provider has told."""
    paid = payments.get(conn, one.payment_id) if one.payment_id is not None else None
    return paid.label if paid else ""
