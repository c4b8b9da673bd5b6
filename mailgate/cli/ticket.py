"""`mailgate ticket`: lists and shows tickets."""

from collections.abc import Iterable, Mapping

import click

from mailgate.cli.gate import gate
from mailgate.cli.output import (
    EX_DATAERR,
    after_option,
    fail,
    instant,
    json_option,
    limit_option,
    print_object,
    print_rows,
)
from mailgate.people import Staff
from mailgate.tickets.ticket import State, Ticket
from store import people, tickets
from store.engine import reading
from store.tickets import Entry

COLUMNS = ("number", "state", "customer", "desk", "messages", "updated_at", "subject")


@click.group()
def ticket() -> None:
    """List and show tickets."""


@ticket.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--customer", type=int, metavar="ID")
@limit_option
@after_option
@json_option
def list_(state: str | None, customer: int | None, limit: int | None, after: int, as_json: bool) -> None:
    """Tickets, newest last."""
    chosen = State(state) if state else None
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        found = tickets.listing(conn, state=chosen, customer_id=customer, after=after, limit=limit)
        staff = _by_id(people.list_staff(conn))
    print_rows([_row(one, staff) for one in found], COLUMNS, as_json=as_json)


@ticket.command()
@click.argument("number", type=int)
@json_option
def show(number: int, as_json: bool) -> None:
    """One ticket with its whole history."""
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        found = tickets.find(conn, number)
        if found is None:
            fail(f"there is no ticket {number}", code=EX_DATAERR, hint="mailgate ticket list", as_json=as_json)
        entries = tickets.history(conn, number)
        staff = _by_id(people.list_staff(conn))
    row = _row(found, staff)
    if as_json:
        print_object({**row, "entries": [_entry(one) for one in entries]}, as_json=True)
        return
    print_object(row, as_json=False)
    for one in entries:
        arrow = {"in": "<-", "out": "->"}.get(one.direction or "", "--")
        click.echo(f"\n{arrow} {instant(one.at)} {one.kind.value} by {one.author_name}")
        for line in one.text.splitlines():
            click.echo(f"   {line}")
        for file in one.attachments:
            click.echo(f"   [{file.filename or file.content_type}, {file.size} bytes]")
        for missing in one.left_out:
            click.echo(f"   [left out: {missing.name}, {missing.size} bytes: {missing.reason}]")


def _by_id(staff: Iterable[Staff]) -> Mapping[int | None, Staff]:
    return {one.id: one for one in staff}


def _row(one: Ticket, staff: Mapping[int | None, Staff]) -> dict[str, object]:
    assignee = staff.get(one.assignee_id)
    return {
        "number": one.id,
        "subject": one.subject,
        "state": one.state.value,
        "customer": one.customer_id,
        "desk": one.desk,
        "messages": one.messages,
        "opened_at": instant(one.opened_at),
        "updated_at": instant(one.updated_at),
        "assignee": assignee.name if assignee else None,
        "linked_to": one.linked_to,
        "participants": [f"{person.name} <{person.address}>" for person in one.participants],
    }


def _entry(one: Entry) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "at": instant(one.at),
        "author": f"{one.author_name} <{one.author_address}>" if one.author_address else one.author_name,
        "direction": one.direction.value if one.direction else None,
        "text": one.text,
        "message_id": one.message_id,
        "mail": one.spool_id,
        "evidence": one.evidence,
        "automatic": one.automatic,
        "attachments": [
            {"filename": file.filename, "content_type": file.content_type, "size": file.size, "sha256": file.sha256}
            for file in one.attachments
        ],
        "left_out": [{"name": file.name, "size": file.size, "reason": file.reason} for file in one.left_out],
    }
