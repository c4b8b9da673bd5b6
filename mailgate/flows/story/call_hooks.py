"""What happens is kept for the hooks that hear of it, in the transaction in which it happens."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailgate import hooks
from mailgate.config import Settings
from mailgate.hooks import HookEvent
from mailgate.tickets.ticket import Event, Priority, Ticket
from store import people
from store.post import hook_calls
from store.post.hook_calls import Call, CallState

_TOLD = {
    Event.CLOSED: HookEvent.TICKET_CLOSED,
    Event.AUTO_CLOSED: HookEvent.TICKET_CLOSED,
    Event.REOPENED: HookEvent.TICKET_REOPENED,
    Event.CLOSE_TAKEN_BACK: HookEvent.TICKET_REOPENED,
    Event.RANKED: HookEvent.TICKET_URGENT,
}
"""What of a ticket's history hooks hear of."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What hooks hear of one event."""

    subject: str  # what it is about, "ticket:7"
    customer_id: int | None
    said: Mapping[str, object]  # what is said of it
    not_before: datetime | None = None  # nobody hears of it sooner; None: at once


def is_heard(settings: Settings, event: HookEvent) -> bool:
    """There is a hook that hears of this."""
    return any(hook.hears(event) for hook in settings.hook)


def call_hooks(
    conn: Connection,
    settings: Settings,
    event: HookEvent,
    together: Iterable[Happened],
    *,
    now: datetime,
    only: str | None = None,
) -> tuple[int, ...]:
    """Keep a call for each of these and each hook that hears of it, by one statement, in the transaction in which it
    happens; returns their ids. `only`: the hook of this key.
    """
    meant = {
        hook.key: hook for hook in settings.hook if hook.hears(event) and (only is None or hook.key == only)
    }  # one that hears of it by two entries is told once
    calls: list[Call] = []
    for one in together if meant else ():
        event_id = secrets.token_hex(16)
        body = hooks.body_of(event_id, event, now, one.said)
        for hook in meant.values():
            calls.append(
                Call(
                    id=0,
                    hook_key=hook.key,
                    hook_name=hook.name,
                    event_id=event_id,
                    event=event.value,
                    subject=one.subject,
                    customer_id=one.customer_id,
                    body=body,
                    state=CallState.WAITING,
                    created_at=now,
                    due_at=one.not_before or now,
                    not_before=one.not_before,
                    attempts=0,
                )
            )
    return hook_calls.add(conn, calls)


def tell_of(conn: Connection, settings: Settings, ticket: Ticket, event: Event, *, now: datetime) -> None:
    """What happened to a ticket, where hooks hear of such a thing; `ticket` as it is now."""
    is_told = event in _TOLD and (event is not Event.RANKED or ticket.priority is Priority.URGENT)
    if settings.hook and is_told:
        tell_of_ticket(conn, settings, ticket, _TOLD[event], now=now)


def tell_of_ticket(conn: Connection, settings: Settings, ticket: Ticket, event: HookEvent, *, now: datetime) -> None:
    """The ticket as it is now, in the words of `mailgate ticket show --json`."""
    if not is_heard(settings, event):
        return
    customer = people.find_customer(conn, ticket.customer_id) if ticket.customer_id is not None else None
    values = {
        "ticket": {
            "number": ticket.id,
            "subject": ticket.subject,
            "desk": ticket.desk,
            "state": ticket.state.value,
            "priority": (ticket.priority or Priority.NORMAL).value,
            "tags": list(ticket.tags),
            "customer": {"id": customer.id, "name": customer.name} if customer else None,
            "url": settings.web.staff_page(f"tickets/{ticket.id}"),
        }
    }
    call_hooks(conn, settings, event, [Happened(f"ticket:{ticket.id}", ticket.customer_id, values)], now=now)
