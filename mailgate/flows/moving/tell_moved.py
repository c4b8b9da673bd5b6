"""Customers of an older system are told that they have moved, in waves: what stays, what is new, what is due next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from mailgate.billing.draft import is_billed
from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.period import period_on
from mailgate.billing.service import Service, State
from mailgate.config import Settings
from mailgate.flows.billing.books import Payer, look, open_books, text_of
from mailgate.flows.moving.survey import Progress
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.welcome import where_to
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.people import Customer
from store import people
from store.billing import ledger
from store.desk import move_notices
from store.desk.welcomes import was_welcomed
from store.engine import reading, transact

AT_ONCE = 50
"""Customers in one transaction."""

LISTED = 20
"""Services that a mail names; further ones are counted."""


@dataclass(slots=True)
class Wave:
    """Who was told, or would be."""

    number: int
    told: list[int] = field(default_factory=list)
    unreachable: list[int] = field(default_factory=list)  # they were welcomed before, or their address takes no mail
    left: int = 0  # that a later wave tells


def tell_of_move(act: Act, customer: Customer, *, wave: int) -> bool:
    """Write to the owner that the account has moved; False when they had such a mail, or can have none.

    Once for ever: the row that says so is in the transaction of the mail.
    """
    if was_welcomed(act.conn, customer.id, customer.address):
        return False
    if not move_notices.note(act.conn, customer.id, wave=wave, now=act.now):
        return False
    sheet = sheet_for(act, customer)
    values = {**where_to(act, sheet), **_of_money(act, customer)}
    before = len(act.outgoing)
    notify(act, [letter(Template.MIGRATED, sheet, values)], cause=None)
    if act.queued_since(before):
        return True
    move_notices.take_back(act.conn, customer.id)
    return False


@dataclass(frozen=True, slots=True)
class TellingMoved:
    """The story of a wave: of so many customers at most who have not been told, in the order of their numbers."""

    engine: Engine
    settings: Settings

    def preview(self, most: int | None) -> Wave:
        """Whom the next wave would try; nothing is written."""
        with reading(self.engine) as conn:
            waiting = move_notices.untold(conn)
            chosen = waiting if most is None else waiting[:most]
            return Wave(move_notices.next_wave(conn), list(chosen), left=len(waiting) - len(chosen))

    def __call__(self, most: int | None, *, now: datetime, progress: Progress) -> Wave:
        """Tell them. A wave that was cut off leaves the others to the next."""
        with reading(self.engine) as conn:
            waiting, number = move_notices.untold(conn), move_notices.next_wave(conn)
        wave, place = Wave(number), 0
        wanted = len(waiting) if most is None else min(most, len(waiting))
        while place < len(waiting) and len(wave.told) < wanted:
            part = waiting[place : place + min(AT_ONCE, wanted - len(wave.told))]

            def tell(conn: Connection, part: Sequence[int] = part) -> tuple[list[int], list[int]]:
                return self._tell(conn, part, number, now)

            told, unreachable = transact(self.engine, tell)
            wave.told += told
            wave.unreachable += unreachable
            place += len(part)
            progress("customers", len(wave.told), wanted)
        wave.left = len(waiting) - place
        return wave

    def _tell(self, conn: Connection, numbers: Sequence[int], wave: int, now: datetime) -> tuple[list[int], list[int]]:
        act = Act.begin(conn, self.settings, now)
        told: list[int] = []
        others: list[int] = []
        for number in numbers:
            customer = people.find_customer(conn, number)
            if customer is not None and customer.removed_at is None:
                (told if tell_of_move(act, customer, wave=wave) else others).append(number)
        return told, others


def _of_money(act: Act, customer: Customer) -> dict[str, object]:
    """What they have and when it is due; of who is billed elsewhere, nothing about money."""
    payer = look(act.conn, (customer.id,))[customer.id]
    if payer.account.billed_elsewhere:
        return {"services": [], "more_services": 0, "meets_one_day": False, "credit": [], "days_before_due": 0}
    rows = sorted(_services(act, payer), key=lambda row: str(row["next_due_on"] or "9"))
    credit = [
        {"amount_minor": -minor, "currency": line.currency}
        for line, minor in ledger.balances(act.conn, customer.id).items()
        if line.account == CREDIT and minor
    ]
    return {
        "services": rows[:LISTED],
        "more_services": max(0, len(rows) - LISTED),
        "meets_one_day": any(_is_cut(one) for one in payer.services),
        "credit": credit,
        "days_before_due": act.settings.billing.invoice_days_before_due,
    }


def _services(act: Act, payer: Payer) -> list[dict[str, object]]:
    books = open_books(act.conn, act.settings)
    found: list[dict[str, object]] = []
    for one in payer.services:
        due = _next_due(one, is_renewed=one.is_recurring and is_billed(one, books.rhythm))
        found.append(
            {
                "name": text_of(books.product(act.conn, one.product_id), one),
                "price_minor": one.price_on(one.billed_through),
                "currency": one.currency,
                "months": one.months,
                "next_due_on": due,
                "ends_on": one.cancel_on.isoformat() if one.cancel_on and not due else None,
                "is_off": one.state is State.SUSPENDED,
            }
        )
    return found


def _is_cut(one: Service) -> bool:
    """Its next period is shorter than its cycle: it is on the way to the account's bill day."""
    if not one.is_recurring or one.state is not State.ACTIVE:
        return False
    return period_on(one.anchor_on, one.months, one.billed_through).start != one.billed_through


def _next_due(one: Service, *, is_renewed: bool) -> str | None:
    ends = one.cancel_on is not None and one.billed_through >= one.cancel_on
    return one.billed_through.isoformat() if is_renewed and not ends else None
