"""What happens is kept for the hooks that hear of it, in the transaction in which it happens."""

import secrets
from collections.abc import Mapping
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


def call_hooks(
    conn: Connection,
    settings: Settings,
    event: HookEvent,
    *,
    subject: str,
    customer_id: int | None,
    values: Mapping[str, object],
    now: datetime,
    only: str | None = None,
) -> tuple[int, ...]:
    """Keep a call for each hook that hears of this, in the transaction in which it happens; returns their ids.

    `subject` is what it is about, "ticket:7"; `values` what is said of it. `only`: the hook of this key.
    """
    meant = {
        hook.key: hook for hook in settings.hook if hook.hears(event) and (only is None or hook.key == only)
    }  # one that hears of it by two entries is told once
    if not meant:
        return ()
    event_id = secrets.token_hex(16)
    body = hooks.body_of(event_id, event, now, values)
    return tuple(
        hook_calls.add(
            conn,
            Call(
                id=0,
                hook_key=hook.key,
                hook_name=hook.name,
                event_id=event_id,
                event=event.value,
                subject=subject,
                customer_id=customer_id,
                body=body,
                state=CallState.WAITING,
                created_at=now,
                due_at=now,
                attempts=0,
            ),
        )
        for hook in meant.values()
    )


def tell_of(conn: Connection, settings: Settings, ticket: Ticket, event: Event, *, now: datetime) -> None:
    """What happened to a ticket, where hooks hear of such a thing; `ticket` as it is now."""
    is_told = event in _TOLD and (event is not Event.RANKED or ticket.priority is Priority.URGENT)
    if settings.hook and is_told:
        tell_of_ticket(conn, settings, ticket, _TOLD[event], now=now)


def tell_of_ticket(conn: Connection, settings: Settings, ticket: Ticket, event: HookEvent, *, now: datetime) -> None:
    """The ticket as it is now, in the words of `mailgate ticket show --json`."""
    if not any(hook.hears(event) for hook in settings.hook):
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
    call_hooks(
        conn,
        settings,
        event,
        subject=f"ticket:{ticket.id}",
        customer_id=ticket.customer_id,
        values=values,
        now=now,
    )
