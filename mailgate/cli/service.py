"""`mailgate service`: what customers have: add, list, change, suspend, restore and cancel."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import click
from sqlalchemy import Connection

from mailgate.billing.offer.pricing import cycle_of
from mailgate.billing.service import Service, State
from mailgate.cli.billing_words import TABLES, Day, Line, dealing, issued_rows, on_option
from mailgate.cli.gate import gate
from mailgate.cli.group import Group
from mailgate.cli.ids import CALLED, NUMBER, Typed, customer_option, only_of, service_id_of
from mailgate.cli.output import (
    EX_DATAERR,
    EX_USAGE,
    after_option,
    fail,
    found_or_fail,
    json_option,
    limit_option,
    print_rows,
    print_whole,
)
from mailgate.cli.service_rows import end_row, goes_on, quote_row, service_object, service_row, service_rows
from mailgate.flows.billing.books import Deal, open_books
from mailgate.flows.billing.service import add as adding
from mailgate.flows.billing.service import ending, states, terms
from store.billing import services
from store.engine import reading

COLUMNS = ("id", "customer", "sku", "name", "state", "next_due_on", "amount_minor", "currency", "cycle")
HINT = "mailgate service list shows them"
_ID = click.argument("service", metavar="SERVICE", type=CALLED)


@click.group(cls=Group)
def service() -> None:
    """What customers have: add, list, show, change, suspend, restore and cancel."""


@service.command()
@click.option("--customer", type=CALLED, required=True, metavar="CUSTOMER", help="Id, address, domain or name.")
@click.option("--sku", required=True, help="The product, by its name in the catalogue.")
@click.option(
    "--cycle", required=True, help="monthly, quarterly, half-yearly, yearly, biennial, triennial or one-time."
)
@click.option(
    "--name", type=Line(), default="", help="What people call it; by default the domain, or the product's name."
)
@click.option("--domain", type=Line(), default="", help="The site that it serves.")
@click.option("--option", "options", multiple=True, metavar="N=V", help="So many of an option; may be repeated.")
@click.option("--start", type=Day(), metavar="DATE", help="Its first day; today by default.")
@click.option("--pending", is_flag=True, help="Ordered and not provisioned: it is billed once, and does not renew.")
@click.option("--parent", "parent_id", type=NUMBER, metavar="ID", help="The service that an add-on is for.")
@click.option("--paid-through", type=Day(), metavar="DATE", help="The last day that was paid for elsewhere.")
@click.option("--external-id", type=Line(), help="Its id in the system that it was moved from.")
@click.option("--promotion", type=Line(), metavar="CODE", help="A promotion of the catalogue that makes it cheaper.")
@on_option
@json_option
def add(
    customer: Typed,
    sku: str,
    cycle: str,
    name: str,
    domain: str,
    options: tuple[str, ...],
    start: date | None,
    pending: bool,
    parent_id: int | None,
    paid_through: date | None,
    external_id: str | None,
    promotion: str | None,
    on: date | None,
) -> None:
    """Add a service and issue its first invoice: the days up to the account's bill day, and what follows at once."""
    wanted = _options(options)
    with dealing(customer, on) as deal:
        sold = adding.Sold(
            sku,
            cycle_of(cycle),
            name=name,
            domain=domain,
            options=wanted,
            parent_id=parent_id,
            is_pending=pending,
            start_on=start,
            paid_through=paid_through,
            external_id=external_id,
            promotion=promotion,
        )
        added, documents = adding.add(deal, sold)
        row = service_row(deal.conn, deal.books, added)
    print_whole({**row, "documents": issued_rows(documents)}, TABLES)


@service.command("list")
@customer_option
@click.option("--state", type=click.Choice([one.value for one in State]), help="Only those in this state.")
@limit_option
@after_option
@json_option
def list_(customer: Typed | None, state: str | None, limit: int | None, after: int) -> None:
    """Services, current and past."""
    with gate() as parts, reading(parts.engine) as conn:
        books = open_books(conn, parts.settings)
        found = services.listing(
            conn, customer_id=only_of(conn, customer), state=State(state) if state else None, after=after, limit=limit
        )
        rows = service_rows(conn, books, found)
    print_rows(rows, COLUMNS)


@service.command()
@_ID
@json_option
def show(service: Typed) -> None:
    """One service, with the days that were billed for it."""
    with gate() as parts, reading(parts.engine) as conn:
        found = _known(conn, service)
        row = service_object(conn, open_books(conn, parts.settings), found)
    print_whole(row, TABLES)


@service.command()
@_ID
@click.option("--reason", type=Line(), default="", help="Why; it is shown to staff.")
@on_option
@json_option
def suspend(service: Typed, reason: str, on: date | None) -> None:
    """Switch a service off: nothing is billed for it until it is restored."""
    with _about(service, on) as (deal, found):
        states.suspend(deal, found, reason=reason)
        row = service_row(deal.conn, deal.books, services.get(deal.conn, found.id))
    print_whole(row, TABLES)


@service.command()
@_ID
@on_option
@json_option
def restore(service: Typed, on: date | None) -> None:
    """Switch a suspended service on again: it is billed from this day on."""
    with _about(service, on) as (deal, found):
        states.restore(deal, found)
        row = service_row(deal.conn, deal.books, services.get(deal.conn, found.id))
    print_whole(row, TABLES)


@service.command()
@_ID
@json_option
def activate(service: Typed) -> None:
    """A pending service is provisioned: it renews from now on."""
    with _about(service) as (deal, found):
        states.activate(deal, found)
        row = service_row(deal.conn, deal.books, services.get(deal.conn, found.id))
    print_whole(row, TABLES)


@service.command()
@_ID
@click.option("--now", "at_once", is_flag=True, help="Today: what is unused is given back.")
@click.option("--at-end", is_flag=True, help="With what is paid for: nothing of that is given back.")
@click.option("--reason", type=Line(), default="", help="Why; it is kept with the service.")
@click.option("--quote", "only_quote", is_flag=True, help="Say what it would come to, and do nothing.")
@on_option
@json_option
def cancel(service: Typed, at_once: bool, at_end: bool, reason: str, only_quote: bool, on: date | None) -> None:
    """End a service, its add-ons with it."""
    if at_once == at_end:
        fail("say when: --now or --at-end", code=EX_USAGE, hint="mailgate service cancel --help", name="usage")
    with _about(service, on) as (deal, found):
        if only_quote:
            row = end_row(deal, ending.end_of(deal, found, at_end=at_end), found.currency)
        else:
            end = ending.end_of(deal, found, at_end=at_end, reason=reason)
            quoted = end_row(deal, end, found.currency)
            changed, documents = ending.carry_out(deal, end)
            row = service_row(deal.conn, deal.books, changed) | quoted
            row["documents"] = issued_rows(documents)
    print_whole(row, TABLES)


@service.command()
@_ID
@click.option("--sku", help="Another plan.")
@click.option("--cycle", help="Another billing cycle.")
@click.option("--option", "options", multiple=True, metavar="N=V", help="So many of an option; may be repeated.")
@click.option("--quote", "only_quote", is_flag=True, help="Say what it would cost, and do nothing.")
@click.option("--force", is_flag=True, help="Though the account is past due.")
@on_option
@json_option
def change(
    service: Typed,
    sku: str | None,
    cycle: str | None,
    options: tuple[str, ...],
    only_quote: bool,
    force: bool,
    on: date | None,
) -> None:
    """Another plan, cycle or options from today on: what is unused of the old is given back, the new is billed."""
    if not (sku or cycle or options):
        fail("nothing to change", code=EX_USAGE, hint="mailgate service change --help", name="usage")
    wanted = _options(options)
    with _about(service, on) as (deal, found):
        if not force:
            _refuse_past_due(deal)
        to, quote = terms.quote_new_terms(
            deal, found, sku=sku, months=cycle_of(cycle) if cycle else None, options=wanted
        )
        row = {**quote_row(quote, found.currency), **goes_on(found, to, deal.day)}
        if not only_quote:
            changed, documents = terms.change(deal, found, to, quote)
            row = {**service_row(deal.conn, deal.books, changed), **row, "documents": issued_rows(documents)}
    print_whole(row, TABLES)


def _refuse_past_due(deal: Deal) -> None:
    try:
        terms.refuse_past_due(deal)
    except terms.PastDue as error:
        fail(str(error), code=EX_DATAERR, hint="--force changes the service all the same", name="PastDue")


def _options(given: tuple[str, ...]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in given:
        name, sign, value = one.rpartition("=")
        if not sign or not name or not (value.isascii() and value.isdigit() and len(value) < 10):
            fail(f"{one!r} is no option: write NAME=NUMBER, such as mailboxes=60", code=EX_DATAERR, name="BadOption")
        found[name] = int(value)
    return found


def _known(conn: Connection, service: Typed) -> Service:
    number = service_id_of(conn, service)
    return found_or_fail(services.find(conn, number), f"service {number}", hint=HINT)


@contextmanager
def _about(service: Typed, on: date | None = None) -> Iterator[tuple[Deal, Service]]:
    """A service whose account is locked, as it stands then: it never changes its owner."""
    with gate() as parts, reading(parts.engine) as conn:
        found = _known(conn, service)
    with dealing(found.customer_id, on) as deal:
        yield deal, services.get(deal.conn, found.id)
