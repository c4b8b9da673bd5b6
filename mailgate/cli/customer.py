"""`mailgate customer`: register, list, change, remove, export and forget customers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import Connection

from mailgate.billing.money.amount import written
from mailgate.billing.party import Account
from mailgate.billing.profile import edited
from mailgate.cli.billing_words import BY
from mailgate.cli.customer_billing import billing_options, check_vat, proof, taken_billing, with_billing
from mailgate.cli.customer_data import export, forget
from mailgate.cli.customer_note import note, notes
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, customer_argument, customer_of
from mailgate.cli.output import (
    EX_DATAERR,
    EX_USAGE,
    after_option,
    fail,
    json_option,
    limit_option,
    print_rows,
    print_whole,
    utc_option,
)
from mailgate.cli.welcome import tell_welcomed, wanted, welcome_option
from mailgate.config.codes import CODES
from mailgate.desks import refuse_ours
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.monthly import schedule
from mailgate.flows.billing.service import states
from mailgate.flows.story.act import Act
from mailgate.flows.ticket import leave
from mailgate.flows.welcome import welcome
from mailgate.people import AlreadyContact, BadDetail, BadDetails, Customer, checked_details, refuse_second_account
from store import people, people_edits
from store.billing import accounts, invoices, ledger
from store.engine import reading, transaction

TABLES = {"contacts": ("id", "name", "email", "roles")}


@click.group(cls=Group)
def customer() -> None:
    """Register, list, change, remove, export and forget customers."""


@customer.command()
@click.argument("name")
@click.argument("email")
@click.option("--country", help="ISO 3166 code, such as DE.")
@click.option("--currency", help="ISO 4217 code; by default gate.currency.")
@click.option("--timezone", help="IANA zone; by default gate.timezone.")
@click.option("--language", help="Language of the mails to this customer; by default gate.language.")
@click.option("--also", is_flag=True, help="A second account, though EMAIL is a contact of a customer already.")
@welcome_option
@json_option
def add(email: str, also: bool, to_welcome: bool | None, **given: str | None) -> None:
    """Register a customer; EMAIL is the address of its owner, who may write at once."""
    with gate() as parts:
        home = parts.settings.gate
        kept = checked_details(_given(given), CODES)
        refuse_ours(email, parts.settings.desks, home.domain)
        with transaction(parts.engine) as conn:
            if not also:
                _refuse_second(conn, email)
            added = people.add_customer(
                conn,
                kept["name"],
                email,
                country=kept.get("country"),
                currency=kept.get("currency", home.currency),
                timezone=kept.get("timezone", home.timezone),
                language=kept.get("language", home.language),
                now=now(),
            )
            is_wanted = wanted(to_welcome, parts.settings.welcome.customers)
            welcomed = is_wanted and welcome(Act.begin(conn, parts.settings, now()), added)
            row = with_billing(conn, added, as_row(added))
        print_whole(row, TABLES)
        tell_welcomed(email, done=welcomed)


@customer.command("list")
@limit_option
@after_option
@json_option
def list_(limit: int | None, after: int) -> None:
    """All customers with their contacts."""
    with gate() as parts, reading(parts.engine) as conn:
        found = people.list_customers(conn, after=after, limit=limit)
    print_rows([as_row(one) for one in found], ("id", "name", "email", "country", "currency"))


@customer.command()
@customer_argument
@click.option("--name", help="What it is called.")
@click.option("--country", help="ISO 3166 code, such as DE.")
@click.option("--currency", help="ISO 4217 code, for services to come; not while anything is open in the old one.")
@click.option("--timezone", help="IANA zone.")
@click.option("--language", help="Language of the mails to it, such as de.")
@click.option("--external-id", help="Its id in the system that it was moved from.")
@billing_options
@json_option
def edit(customer: Typed, **given: Any) -> None:
    """Change a customer; its addresses are those of its contacts."""
    billing = taken_billing(given)
    wanted = _given(given)
    if not wanted and not billing:
        fail("nothing to change", code=EX_USAGE, hint="mailgate customer edit --help", name="usage")
    with gate() as parts, transaction(parts.engine) as conn:
        customer_id = customer_of(conn, customer).id
        before = _edit(conn, customer_id, wanted, billing)
        deal = deal_with(conn, parts.settings, customer_id, Today(now()), by=BY)
        assert deal is not None
        states.after_edit(deal, before)
        schedule(conn, parts.settings, deal.payer.customer, deal.payer.account, now=deal.now)
        changed = customer_of(conn, customer_id)
        row = with_billing(conn, changed, as_row(changed))
    print_whole(row, TABLES)


@customer.command()
@customer_argument
@click.option("--force", is_flag=True, help="Close its tickets and remove it.")
@json_option
def remove(customer: Typed, force: bool) -> None:
    """End a customer: its people are strangers from now on; its tickets and mails stay."""
    with gate() as parts, transaction(parts.engine) as conn:
        found = customer_of(conn, customer)
        if found.removed_at:
            fail(f"customer {found.id} was removed already", code=EX_DATAERR)
        closed = leave.remove_customer(Act.begin(conn, parts.settings, now()), found, force=force)
    print_whole({**as_row(found), "removed": True, "closed": list(closed)}, TABLES)


@customer.command()
@customer_argument
@utc_option
@json_option
def show(customer: Typed) -> None:
    """One customer."""
    with gate() as parts, reading(parts.engine) as conn:
        found = customer_of(conn, customer)
        row = with_billing(conn, found, as_row(found))
    print_whole(row, TABLES)


customer.add_command(export)
customer.add_command(forget)
customer.add_command(note)
customer.add_command(notes)
customer.add_command(proof)
customer.add_command(check_vat)


def _edit(conn: Connection, customer_id: int, wanted: Mapping[str, str], billing: Mapping[str, object]) -> Account:
    """Write all of it or nothing; the account as it was before. Raises BadDetails with all mistakes."""
    account = accounts.lock(conn, (customer_id,)).get(customer_id)
    found = customer_of(conn, customer_id)
    assert account is not None
    changes: dict[str, str] = {}
    bad: list[BadDetail] = []
    try:
        changes = checked_details(wanted, CODES)
    except BadDetails as error:
        bad.extend(error.details)
    try:
        # With the new country, if there is one: a VAT id that was there before must still fit.
        profile = edited(account, replace(found, country=changes.get("country", found.country)), billing)
    except BadDetails as error:
        raise BadDetails([*bad, *error.details]) from None
    if fault := _still_in(conn, found, changes.get("currency", found.currency)):
        bad.append(BadDetail("currency", changes["currency"], fault))
    if bad:
        raise BadDetails(bad)
    if changes:
        people_edits.edit_customer(conn, customer_id, changes)
    accounts.edit(conn, profile)
    return account


def _still_in(conn: Connection, customer: Customer, currency: str) -> str:
    """Why an account cannot change to another currency: nothing is ever converted."""
    if currency == customer.currency:
        return ""
    still_open = invoices.open_of(conn, customer.id, customer.currency)
    if still_open:
        return f"cannot be yet: invoice {still_open[0].number} is open in {customer.currency}"
    has = ledger.credit(conn, customer.id, customer.currency)
    return f"cannot be yet: there is credit of {written(has, customer.currency)} {customer.currency}" if has else ""


def _given(options: Mapping[str, str | None]) -> dict[str, str]:
    return {field: value for field, value in options.items() if value is not None}


def _refuse_second(conn: Connection, email: str) -> None:
    try:
        refuse_second_account(email, people.customers_with(conn, email))
    except AlreadyContact as error:
        hint = "--also makes a second account for it"
        fail(str(error), code=EX_DATAERR, hint=hint, name=type(error).__name__)


def as_row(one: Customer) -> dict[str, object]:
    """The JSON face of a customer."""
    return {
        "id": one.id,
        "name": one.name,
        "email": one.address,
        "country": one.country,
        "currency": one.currency,
        "timezone": one.timezone,
        "language": one.language,
        "external_id": one.external_id,
        "removed": one.removed_at is not None,
        "contacts": [
            {
                "id": person.id,
                "name": person.name,
                "email": person.address,
                "roles": [role.value for role in person.roles],
            }
            for person in one.contacts
        ],
    }
