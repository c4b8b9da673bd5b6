"""Customers of an older system are registered, or brought up to date: each once, known by their id of there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from shlex import quote

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.errors import MailgateError
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.service.states import after_edit
from mailgate.flows.moving.customer_table import CustomerRow
from mailgate.flows.moving.survey import Progress
from mailgate.flows.moving.table import Fault
from mailgate.flows.moving.tell_moved import tell_of_move
from mailgate.flows.story.act import Act
from mailgate.flows.welcome import welcome
from mailgate.letters.kind import Template
from mailgate.mail.address import address_key
from mailgate.people import Contact, Customer, Role, named
from store import people, people_edits
from store.billing import accounts
from store.desk import move_notices
from store.engine import reading, transaction

AT_ONCE = 200
"""Customers in one transaction."""

BY = "the move"

_OWN_COLUMNS = ("name", "country", "currency", "timezone", "language")


class Step(StrEnum):
    """What a row of the table calls for."""

    ADD = "add"
    UPDATE = "update"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row, and what it means to the store."""

    row: CustomerRow
    step: Step
    customer: Customer | None  # None: to be added
    changes: Mapping[str, tuple[str | bool | None, str | bool]]  # column: the value of now, and that of the table


@dataclass(slots=True)
class Result:
    """What was done."""

    steps: Counter[Step] = field(default_factory=Counter)
    welcomed: int = 0
    faults: list[Fault] = field(default_factory=list)


def plan(engine: Engine, rows: Sequence[CustomerRow]) -> tuple[tuple[Planned, ...], tuple[Fault, ...]]:
    """What the rows call for; nothing is written."""
    with reading(engine) as conn:
        found = [_look(conn, row) for row in rows]
    return (
        tuple(one for one in found if isinstance(one, Planned)),
        tuple(one for one in found if isinstance(one, Fault)),
    )


def apply(
    engine: Engine,
    settings: Settings,
    rows: Sequence[CustomerRow],
    *,
    template: Template | None,
    now: datetime,
    progress: Progress,
    most: int | None = None,
) -> Result:
    """Do it, some rows in each transaction. A row is written whole or not at all; what is done is not done again.

    `template`: the mail that each customer of the table gets who never had one; `most`: so many of them.
    """
    result = Result()
    with reading(engine) as conn:
        wave = move_notices.next_wave(conn)
    for number, part in _parts(rows):
        with transaction(engine) as conn:
            act = Act.begin(conn, settings, now)
            for row in part:
                is_enough = most is not None and result.welcomed >= most
                _write(act, row, None if is_enough else template, wave, result)
        progress("customers", number, len(rows))
    return result


def _parts(rows: Sequence[CustomerRow]) -> Iterator[tuple[int, Sequence[CustomerRow]]]:
    for begin in range(0, len(rows), AT_ONCE):
        part = rows[begin : begin + AT_ONCE]
        yield begin + len(part), part


def _greet(act: Act, customer: Customer, template: Template, wave: int) -> bool:
    return tell_of_move(act, customer, wave=wave) if template is Template.MIGRATED else welcome(act, customer)


def _write(act: Act, row: CustomerRow, template: Template | None, wave: int, result: Result) -> None:
    planned = _look(act.conn, row)
    if isinstance(planned, Fault):
        result.faults.append(planned)
        return
    try:
        with act.conn.begin_nested():
            customer = _carry_out(act, planned)
            if template is not None:
                result.welcomed += _greet(act, customer, template, wave)
    except MailgateError as error:
        result.faults.append(Fault(row.line, "email", row.email, str(error)))
        return
    result.steps[planned.step] += 1


def _look(conn: Connection, row: CustomerRow) -> Planned | Fault:
    customer = people.find_by_external_id(conn, row.external_id)
    if customer is None:
        for same in people.customers_with(conn, row.email):
            if same.external_id is None:
                way_out = f"`mailgate customer edit {same.id} --external-id {quote(row.external_id)}` gives it this one"
                reason = f"{named([same])} has it, without an external id: {way_out}"
                return Fault(row.line, "email", row.email, reason)
        return Planned(row, Step.ADD, None, {})
    if customer.removed_at:
        return Fault(row.line, "external_id", row.external_id, f"customer {customer.id}, who had it, was removed")
    if _owner(customer) is None:
        return Fault(row.line, "external_id", row.external_id, f"customer {customer.id}, who has it, has no owner")
    changes: dict[str, tuple[str | bool | None, str | bool]] = {
        column: (getattr(customer, column), wanted)
        for column in _OWN_COLUMNS
        if (wanted := getattr(row, column)) is not None and wanted != getattr(customer, column)
    }
    elsewhere = accounts.account(conn, customer.id).billed_elsewhere
    if row.billed_elsewhere is not None and row.billed_elsewhere != elsewhere:
        changes["billed_elsewhere"] = (elsewhere, row.billed_elsewhere)
    if address_key(row.email) != address_key(customer.address):
        changes["email"] = (customer.address, row.email)
    return Planned(row, Step.UPDATE if changes else Step.SAME, customer, changes)


def _carry_out(act: Act, planned: Planned) -> Customer:
    row, home = planned.row, act.settings.gate
    if planned.customer is None:
        added = people.add_customer(
            act.conn,
            row.name,
            row.email,
            country=row.country,
            currency=row.currency or home.currency,
            timezone=row.timezone or home.timezone,
            language=row.language or home.language,
            now=act.now,
            external_id=row.external_id,
        )
        if row.billed_elsewhere:
            _bill(act, added.id, is_elsewhere=True)
        return added
    changes = {column: wanted for column, (_, wanted) in planned.changes.items() if isinstance(wanted, str)}
    if "billed_elsewhere" in planned.changes:
        _bill(act, planned.customer.id, is_elsewhere=bool(row.billed_elsewhere))
    address = changes.pop("email", None)
    if changes:
        people_edits.edit_customer(act.conn, planned.customer.id, changes)
    owner = _owner(planned.customer)
    assert owner is not None
    name = changes.get("name") if owner.name == planned.customer.name else None  # else it is a person's, kept apart
    people_edits.edit_contact(act.conn, owner.id, name=name, address=address)
    return people.get_customer(act.conn, planned.customer.id)


def _bill(act: Act, customer_id: int, *, is_elsewhere: bool) -> None:
    """A reseller's own customer is billed elsewhere, from now on or no longer."""
    deal = deal_with(act.conn, act.settings, customer_id, Today(act.now), by=BY)
    assert deal is not None
    before = deal.payer.account
    accounts.edit(act.conn, replace(before, billed_elsewhere=is_elsewhere))
    deal = deal_with(act.conn, act.settings, customer_id, Today(act.now), by=BY)
    assert deal is not None
    after_edit(deal, before)


def _owner(customer: Customer) -> Contact | None:
    return next((contact for contact in customer.contacts if Role.OWNER in contact.roles), None)
