"""Staff hear of what a bank's file has left to them: at once, at most once an hour."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.commands.place import Where
from mailgate.config import Settings
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.staff.place import of_held
from mailgate.flows.story.act import Act
from mailgate.flows.story.place import place_of
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.mail.address_token import Purpose
from mailgate.people import present
from mailgate.tickets.notices.parts import ready_lines
from mailgate.tickets.verbs.lists import BANK
from store import people
from store.billing import bank, invoices, payments
from store.billing.bank import BankEntry, Proposal
from store.called import names_of
from store.post import lists

LISTED = 20
"""Lines that one list names: more would be clipped by clients. It says how many more there are."""

PAUSE = timedelta(hours=1)


def lines_at(conn: Connection, _settings: Settings, _at: datetime) -> datetime | None:
    """When staff are to be told; None: there is nothing new, or nobody."""
    since = bank.untold_since(conn)
    if since is None or not people.list_staff(conn):
        return None
    last = lists.last(conn, Template.BANK_LINES)
    return max(since, last + PAUSE) if last else since


def tell_lines(act: Act) -> None:
    """Tell whoever is there, unless somebody did meanwhile."""
    due_at = lines_at(act.conn, act.settings, act.now)
    if due_at is None or due_at > act.now:
        return
    found, statements = bank.untold(act.conn)
    waiting = [one for one in found if one.payment_id is None]
    returned = [one for one in found if one.payment_id is not None]
    ids = [one.id for one in waiting]
    told = _Told(act, waiting[:LISTED], returned[:LISTED])
    values = {
        "more": max(0, len(waiting) - LISTED) + max(0, len(returned) - LISTED),
        "returned": [told.returned(one) for one in returned[:LISTED]],
        "page": staff_page(act, "bank"),
        "unbalanced": [{"file": one.name, "account": one.account} for one in statements[:LISTED]],
    }
    mails = []
    for reader in present(people.list_staff(act.conn), now=act.now):
        list_id = lists.add(act.conn, Template.BANK_LINES, reader.id, ids[:LISTED], morning=None, now=act.now)
        if list_id is None:
            continue
        place = place_of(act, reader, Where.NEW, listed=of_held(ids[:LISTED]))
        sheet = sheet_for(act, reader, about=(Purpose.LIST, list_id))
        lines = [{**told.line(one), "decisions": ready_lines(sheet, told.decisions(one))} for one in waiting[:LISTED]]
        mails.append(
            letter(
                Template.BANK_LINES,
                sheet,
                {**values, "lines": lines, "usage": BANK.usage(place)},
                about_id=list_id,
            )
        )
    bank.tell(act.conn, now=act.now)
    notify(act, mails, cause=None)


class _Told:
    """Lines as templates are given them, with the names of all whom they may be of."""

    def __init__(self, act: Act, waiting: Sequence[BankEntry], returned: Sequence[BankEntry]) -> None:
        conn = act.conn
        self._whose: Mapping[int, Sequence[Proposal]] = bank.proposals(conn, [one.id for one in waiting])
        candidates = [one for theirs in self._whose.values() for one in theirs]
        self._paid = {
            one.id: payments.get(conn, one.payment_id).customer_id for one in returned if one.payment_id is not None
        }
        self._names = names_of(conn, {*(one.customer_id for one in candidates), *self._paid.values()})
        self._numbers = invoices.numbers(conn, {one.invoice_id for one in candidates if one.invoice_id is not None})

    def line(self, one: BankEntry) -> dict[str, object]:
        """Whose it may be, and why."""
        return {
            "id": one.id,
            "booked_on": one.booked_on.isoformat(),
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "payer": one.payer,
            "text": one.text,
            "candidates": [
                {
                    "customer": self._names.get(each.customer_id, ""),
                    "invoice": self._number(each),
                    "reasons": [reason.value for reason in each.reasons],
                }
                for each in self._whose.get(one.id, ())
            ],
        }

    def returned(self, one: BankEntry) -> dict[str, object]:
        """Whose payment went back."""
        return {**self.line(one), "customer": self._names.get(self._paid[one.id], "")}

    def decisions(self, one: BankEntry) -> list[str]:
        """What may be answered about it, the likeliest first."""
        numbers = [self._number(each) for each in self._whose.get(one.id, ())]
        return [*(f"match {one.id} {number}".strip() for number in numbers), f"ignore {one.id}"]

    def _number(self, one: Proposal) -> str:
        return self._numbers.get(one.invoice_id, "") if one.invoice_id is not None else ""
