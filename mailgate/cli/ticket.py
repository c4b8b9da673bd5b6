"""`mailgate ticket`: lists and shows tickets, and changes them as staff do by mail."""

import sys
from collections.abc import Callable, Sequence

import click
from sqlalchemy import Connection

from mailgate.cli.cells import Named, named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import CALLED, NUMBER, Typed, only_of, staff_of
from mailgate.cli.listing import list_options
from mailgate.cli.output import (
    EX_DATAERR,
    fail,
    found_or_fail,
    json_option,
    print_object,
    print_rows,
    say,
    utc_option,
    wants_json,
    when,
)
from mailgate.cli.visible import visible
from mailgate.commands.misread import BadArgument
from mailgate.commands.readers import read_tags
from mailgate.commands.wait import read_wait
from mailgate.flows.staff import answer
from mailgate.flows.story.act import Act
from mailgate.flows.ticket import change
from mailgate.flows.ticket.readers import add_reader, remove_reader
from mailgate.flows.ticket.tell_team import tell_team
from mailgate.language.tags import FALLBACK
from mailgate.mail.address import parse_mailbox
from mailgate.phrases import phrasebook
from mailgate.tickets.ticket import Doer, Priority, State, Ticket
from mailgate.tickets.wording import Tell, words_of
from mailgate.wiring import Parts
from store import people
from store.called import names_of
from store.desk import ticket_invoices, tickets
from store.desk.tickets import Entry
from store.engine import reading, transact

COLUMNS = ("number", "state", "customer", "desk", "messages", "updated_at", "assignee", "subject")

OPERATOR = Doer("the operator")
NOBODY = "nobody"

number_argument = click.argument("number", type=NUMBER)
writer_option = click.option(
    "--as", "writer", metavar="STAFF", type=CALLED, required=True, help="Who of the staff says it: address, name or id."
)
text_option = click.option("--text", help="The words; without this they are read from standard input.")


@click.group(cls=Group)
def ticket() -> None:
    """List, show and change tickets."""


@ticket.command("list")
@list_options(State)
def list_(state: State | None, customer: Typed | None, limit: int | None, after: int) -> None:
    """Tickets, newest last."""
    with gate() as parts, reading(parts.engine) as conn:
        found = tickets.listing(conn, state=state, customer_id=only_of(conn, customer), after=after, limit=limit)
        rows = _rows(conn, found)
    print_rows(rows, COLUMNS)


@ticket.command()
@number_argument
@click.option("--itself", is_flag=True, help="Of a merged ticket its own history, not the one that it went into.")
@utc_option
@json_option
def show(number: int, itself: bool) -> None:
    """One ticket with its whole history."""
    with gate() as parts, reading(parts.engine) as conn:
        found = tickets.itself(conn, (number,)).get(number) if itself else tickets.find(conn, number)
        found = _known(found, number)
        _show(conn, found, _tell(parts))
    if found.id != number:
        say(f"#{number} was merged into #{found.id}")


@ticket.command()
@number_argument
@json_option
def close(number: int) -> None:
    """Close a ticket and tell who takes part; a reply opens it again."""
    _change(number, lambda act, found: _told(act, found, change.close(act, found, OPERATOR)))


@ticket.command()
@number_argument
@json_option
def reopen(number: int) -> None:
    """Make a ticket the staff's turn again."""
    _change(number, lambda act, found: _told(act, found, change.reopen(act, found, OPERATOR)))


@ticket.command()
@number_argument
@click.argument("staff", metavar="STAFF|nobody", type=CALLED)
@json_option
def assign(number: int, staff: Typed) -> None:
    """Make a ticket the matter of one staff member, by address, name or id."""

    def assigned(act: Act, found: Ticket) -> Ticket:
        to = None if staff == NOBODY else staff_of(act.conn, staff)
        return _told(act, found, change.assign(act, found, OPERATOR, to=to))

    _change(number, assigned)


@ticket.command()
@number_argument
@click.argument("until")
@json_option
def wait(number: int, until: str) -> None:
    """Put a ticket off: for 12h, 3d or 2w, or until a date such as 2026-12-24."""

    def put_off(act: Act, found: Ticket) -> Ticket:
        at = read_wait(until, now=act.now, zone=act.settings.gate.zone)
        return change.wait(act, found, OPERATOR, until=at)

    _change(number, put_off)


@ticket.command()
@number_argument
@click.argument("into", type=NUMBER)
@json_option
def merge(number: int, into: int) -> None:
    """Merge a ticket into another one of the same customer, for good: mail to NUMBER joins INTO from now on."""

    def merged(act: Act, target: Ticket) -> Ticket:
        tickets.lock(act.conn, (number,))
        source = _known(tickets.itself(act.conn, (number,)).get(number), number)
        return _told(act, source, change.merge(act, source, OPERATOR, into=target))

    _change(into, merged)


@ticket.command()
@number_argument
@click.argument("word", type=click.Choice([one.value for one in Priority]))
@json_option
def priority(number: int, word: str) -> None:
    """Say how pressing a ticket is; urgent ones stand first in the queue."""
    _change(number, lambda act, found: change.rank(act, found, OPERATOR, priority=Priority(word)))


@ticket.command(context_settings={"ignore_unknown_options": True})
@number_argument
@click.argument("words", nargs=-1, required=True)
@json_option
def tag(number: int, words: tuple[str, ...]) -> None:
    """Sort a ticket by WORDS; one that begins with a dash is taken away."""

    def tagged(act: Act, found: Ticket) -> Ticket:
        try:
            chosen = read_tags(" ".join(words))
        except BadArgument:
            fail(f"a tag has at most 30 letters, digits and dashes: {' '.join(words)}", code=EX_DATAERR)
        return change.tag(act, found, OPERATOR, words=chosen)

    _change(number, tagged)


@ticket.command()
@number_argument
@click.argument("address")
@json_option
def add(number: int, address: str) -> None:
    """Have ADDRESS get the ticket's mails too, a contact of the customer or not."""
    _change(number, lambda act, found: add_reader(act, found, _checked(address), OPERATOR))


@ticket.command()
@number_argument
@click.argument("address")
@json_option
def remove(number: int, address: str) -> None:
    """Have ADDRESS get no more mails of the ticket."""
    _change(number, lambda act, found: remove_reader(act, found, address, OPERATOR))


@ticket.command()
@number_argument
@writer_option
@text_option
@json_option
def reply(number: int, writer: Typed, text: str | None) -> None:
    """Answer who takes part in a ticket; it waits for an undo as an answer by mail does."""
    _say(number, writer, text, is_note=False)


@ticket.command()
@number_argument
@writer_option
@text_option
@json_option
def note(number: int, writer: Typed, text: str | None) -> None:
    """Keep a note on a ticket, which no customer sees."""
    _say(number, writer, text, is_note=True)


def _say(number: int, writer: Typed, text: str | None, *, is_note: bool) -> None:
    words = text if text is not None else sys.stdin.read()

    def said(act: Act, found: Ticket) -> Ticket:
        return answer.say(act, found, staff_of(act.conn, writer), words, is_note=is_note)

    _change(number, said)


def _change(number: int, do: Callable[[Act, Ticket], Ticket]) -> None:
    """Do it in one transaction and print the ticket; the sweep of a running `serve` finds the mails."""
    with gate() as parts:

        def told(conn: Connection) -> Ticket:
            found = _known(tickets.locked(conn, (number,)).get(number), number)
            return do(Act.begin(conn, parts.settings, now()), found)

        changed = transact(parts.engine, told)
        with reading(parts.engine) as conn:
            _show(conn, changed, _tell(parts))


def _checked(address: str) -> str:
    parse_mailbox(address)
    return address


def _told(act: Act, before: Ticket, ticket: Ticket) -> Ticket:
    """The staff who hear of it are told what the operator did."""
    tell_team(act, before, ticket, OPERATOR)
    return ticket


def _known(found: Ticket | None, number: int) -> Ticket:
    return found_or_fail(found, f"ticket {number}", hint="mailgate ticket list")


def _tell(parts: Parts) -> Tell:
    return phrasebook(parts.settings.templates.directory).of(FALLBACK).told_in(parts.settings.gate.timezone, at=now())


def _show(conn: Connection, found: Ticket, tell: Tell) -> None:
    entries = tickets.history(conn, found.id)
    [row] = _rows(conn, [found])
    row["invoices"] = list(ticket_invoices.numbers(conn, found.id))
    if wants_json():
        print_object({**row, "entries": [_entry(one, tell) for one in entries]})
        return
    print_object(row)
    for one in entries:
        arrow = {"in": "<-", "out": "->"}.get(one.direction or "", "--")
        click.echo(f"\n{arrow} {when(one.at)} {one.kind.value} by {visible(one.author_name)}")
        for line in _words(one, tell).splitlines():
            click.echo(f"   {visible(line)}")
        for file in one.attachments:
            click.echo(f"   [{visible(file.filename or file.content_type)}, {file.size} bytes]")
        for missing in one.left_out:
            click.echo(f"   [left out: {visible(missing.name)}, {missing.size} bytes: {missing.reason}]")


def _rows(conn: Connection, found: Sequence[Ticket]) -> list[dict[str, object]]:
    staff = {one.id: one.name for one in people.list_staff(conn)}
    customers = names_of(conn, (one.customer_id for one in found))
    return [_row(one, staff.get(one.assignee_id or 0), named(one.customer_id, customers)) for one in found]


def _row(one: Ticket, assignee: str | None, customer: Named | None) -> dict[str, object]:
    return {
        "number": one.id,
        "subject": one.subject,
        "state": one.state.value,
        "customer": customer,
        "desk": one.desk,
        "messages": one.messages,
        "opened_at": one.opened_at,
        "updated_at": one.updated_at,
        "assignee": assignee,
        "linked_to": one.linked_to,
        "merged_into": one.merged_into,
        "wait_until": one.wait_until,
        "priority": (one.priority or Priority.NORMAL).value,
        "tags": list(one.tags),
        "participants": [f"{person.name} <{person.address}>".strip() for person in one.participants],
    }


def _words(one: Entry, tell: Tell) -> str:
    return words_of(one.event, one.details, one.text, one.author_name, tell)


def _entry(one: Entry, tell: Tell) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "event": one.event.value if one.event else None,
        "details": one.details,
        "for_customers": one.for_customers,
        "at": one.at,
        "author": f"{one.author_name} <{one.author_address}>" if one.author_address else one.author_name,
        "direction": one.direction.value if one.direction else None,
        "text": _words(one, tell),
        "cut_away": one.cut_away,
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
