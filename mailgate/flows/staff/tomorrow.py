"""Tomorrow's mail: each evening staff get what billing does until the end of the next day, and may hold it back.

It is written once an evening, whoever looks and how many look at once, and not at all when nothing comes. What comes
is read before the transaction that writes it: to reckon the bills of many accounts takes a while.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from mailgate.billing.period import local_start
from mailgate.commands.place import Place, Where
from mailgate.config import Settings
from mailgate.flows.billing.coming import Coming, coming
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.staff.place import of_queue
from mailgate.flows.story.act import Act
from mailgate.flows.story.place import place_of
from mailgate.letters.kind import Template
from mailgate.mail.address_token import Purpose
from mailgate.people import present
from mailgate.tickets import notices
from mailgate.tickets.verbs.lists import HOLD, RESUME, SKIP, TOMORROW
from store import people
from store.billing import invoices, previews
from store.billing.previews import HELD, Item, Kind, Preview
from store.post import lists

LISTED = 60
"""Lines that one mail has: more would be clipped by clients. Its sums are of all."""

_A_MOMENT = timedelta(microseconds=1)


def evening(at: datetime, settings: Settings) -> datetime:
    """The last time before `at` when a list was due."""
    local = at.astimezone(settings.gate.zone)
    hour = datetime.combine(local.date(), time(settings.billing.preview_hour), settings.gate.zone)
    return hour if hour <= local else hour - timedelta(days=1)


def tomorrow_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When this evening's is due; None when it was made, or is not wanted, or there is nobody, or nothing is sold."""
    if settings.billing.preview_hour < 0:
        return None
    begin = evening(at, settings)
    is_over = previews.was_made(conn, begin) or not people.list_staff(conn)
    return None if is_over or not previews.may_bring_any(conn) else begin


@dataclass(frozen=True, slots=True)
class Evening:
    """What was read for one list."""

    begin: datetime
    for_day: date
    coming: Coming


def ready_tomorrow(conn: Connection, settings: Settings, at: datetime) -> Callable[[Act, Sequence[int]], None]:
    """Read all of it; what is returned writes it."""
    read = _read(conn, settings, at)
    return lambda act, _: _tell(act, read)


def _read(conn: Connection, settings: Settings, at: datetime) -> Evening | None:
    """What comes until the end of the next day; None: no list is due."""
    begin = tomorrow_at(conn, settings, at)
    if begin is None:
        return None
    zone = settings.gate.zone
    for_day = begin.astimezone(zone).date() + timedelta(days=1)
    until = local_start(for_day + timedelta(days=1), zone) - _A_MOMENT
    return Evening(begin, for_day, coming(conn, settings, until))


def _tell(act: Act, read: Evening | None) -> None:
    """Write what was read to everybody who is there, unless somebody else has since it was found to be due.

    What was done of it meanwhile is named all the same, as in any list that is some minutes old.
    """
    if read is None or tomorrow_at(act.conn, act.settings, act.now) != read.begin:
        return
    begin, for_day, found = read.begin, read.for_day, read.coming
    before = previews.newest(act.conn)
    together = (*found.items, *found.held)
    number = previews.add(act.conn, begin, for_day, items=len(found.items), now=act.now)
    if number is None or not together:
        return
    ids = [previews.add_item(act.conn, number, one) for one in together[:LISTED]]
    previews.add_items(act.conn, number, together[LISTED:])
    known = {one.key for one in previews.items(act.conn, before.id)} if before else set[str]()
    values = _values(act, found, known, before, for_day)
    shown = _shown(act, together[:LISTED], known)
    readers = present(people.list_staff(act.conn), now=act.now)
    written = []
    for reader in readers:
        list_id = lists.add(act.conn, Template.TOMORROW, reader.id, ids, morning=begin, now=act.now)
        if list_id is not None:
            place = place_of(act, reader, Where.NEW, listed=of_queue(ids))
            written.append(
                notices.tomorrow(
                    sheet_for(act, reader, about=(Purpose.LIST, list_id)),
                    values,
                    shown,
                    usage=TOMORROW.usage(place),
                    decisions=partial(_decisions, place, together),
                    list_id=list_id,
                )
            )
    notify(act, written, cause=None)


def _values(act: Act, found: Coming, known: set[str], before: Preview | None, for_day: date) -> Mapping[str, Any]:
    kinds = Counter(one.kind for one in found.items)
    is_left = before is not None and before.items > 0 and before.go_at is None
    return {
        "day": f"{for_day}",
        "invoices": kinds[Kind.INVOICE],
        "invoiced": _sums(found.items, Kind.INVOICE),
        "charges": kinds[Kind.CHARGE],
        "charged": _sums(found.items, Kind.CHARGE),
        "mails": len({one.customer_id for one in found.items if one.kind in (Kind.MAIL, Kind.WARNING)}),
        "suspensions": kinds[Kind.SUSPENSION],
        "ends": kinds[Kind.END],
        "ending": found.ending,
        "new": sum(one.key not in known for one in found.items),
        "is_first": before is None,
        "more": max(0, len(found.items) + len(found.held) - LISTED),
        "waits": act.settings.billing.wait_for_go,
        "reminds": act.settings.billing.wait_for_go and is_left,
    }


def _sums(items: Sequence[Item], kind: Kind) -> list[Mapping[str, object]]:
    sums: Counter[str] = Counter()
    for one in items:
        if one.kind is kind:
            sums[one.currency] += one.amount_minor
    return [{"currency": currency, "minor": minor} for currency, minor in sorted(sums.items())]


def _shown(act: Act, items: Sequence[Item], known: set[str]) -> list[Mapping[str, object]]:
    customers = people.customers_of(act.conn, {one.customer_id for one in items})
    numbers = invoices.numbers(act.conn, {number for one in items for number in one.invoice_ids})
    return [
        {
            "kind": one.kind.value,
            "customer": customers[one.customer_id].name if one.customer_id in customers else f"{one.customer_id}",
            "page": staff_page(act, f"customers/{one.customer_id}"),
            "minor": one.amount_minor,
            "currency": one.currency,
            "invoices": ", ".join(numbers[number] for number in one.invoice_ids if number in numbers),
            "is_new": one.key not in known and one.kind not in HELD,
        }
        for one in items
    ]


def _decisions(place: Place, together: Sequence[Item], number: int) -> list[str]:
    verbs = (RESUME,) if together[number - 1].kind in HELD else (HOLD, SKIP)
    return [TOMORROW.example(verb, place, number) for verb in verbs]
