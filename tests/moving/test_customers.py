"""Customers of an older system: once each, whatever is repeated, and one welcome for ever."""

from dataclasses import replace

from mailgate.flows.moving import customers
from mailgate.flows.moving.customer_table import CustomerRow
from mailgate.flows.moving.customers import Result, Step
from mailgate.letters.kind import Template
from mailgate.people import Customer
from store import people, people_edits
from store.engine import reading, transaction
from tests.gate import Gate, Person


def row(number: int, *, name: str = "", email: str = "", country: str | None = None) -> CustomerRow:
    """One line of the table."""
    return CustomerRow(
        line=number + 1,
        external_id=f"old-{number}",
        name=name or f"Customer {number}",
        email=email or f"c{number}@customer.example",
        country=country,
        currency=None,
        timezone=None,
        language=None,
    )


def apply(gate: Gate, *rows: CustomerRow, template: Template | None = None) -> Result:
    """Do what the rows call for, and what follows."""
    parts = gate.parts
    result = customers.apply(
        parts.engine, parts.settings, rows, template=template, now=gate.now, progress=lambda *_: None
    )
    gate.work()
    return result


def registered(gate: Gate) -> list[Customer]:
    with reading(gate.parts.engine) as conn:
        return list(people.list_customers(conn))


def test_a_second_run_changes_nothing(gate: Gate) -> None:
    rows = [row(number) for number in range(1, 4)]
    first = apply(gate, *rows)
    before = registered(gate)

    second = apply(gate, *rows)

    assert (first.steps, second.steps) == ({Step.ADD: 3}, {Step.SAME: 3})
    assert registered(gate) == before
    assert [one.external_id for one in before] == ["old-1", "old-2", "old-3"]
    assert {one.currency for one in before} == {gate.parts.settings.gate.currency}


def test_a_run_that_was_cut_off_is_finished_by_the_next(gate: Gate) -> None:
    apply(gate, row(1))

    rest = apply(gate, row(1), row(2))

    assert rest.steps == {Step.SAME: 1, Step.ADD: 1}
    assert len(registered(gate)) == 2


def test_what_differs_is_planned_and_then_written(gate: Gate) -> None:
    apply(gate, row(1))
    changed = row(1, name="New Name", email="new@customer.example", country="DE")

    [planned], faults = customers.plan(gate.parts.engine, [changed])
    before = registered(gate)
    apply(gate, changed)

    assert faults == ()
    assert before[0].name == "Customer 1"
    assert planned.changes == {
        "name": ("Customer 1", "New Name"),
        "country": (None, "DE"),
        "email": ("c1@customer.example", "new@customer.example"),
    }
    [customer] = registered(gate)
    assert (customer.name, customer.country, customer.address) == ("New Name", "DE", "new@customer.example")
    assert customer.contacts[0].name == "New Name"


def test_what_the_table_leaves_open_is_left_as_it_is(gate: Gate) -> None:
    apply(gate, row(1, country="DE"))

    again = apply(gate, row(1))

    assert again.steps == {Step.SAME: 1}
    assert registered(gate)[0].country == "DE"


def test_whoever_is_registered_by_hand_is_not_registered_twice(gate: Gate, anne: Person) -> None:
    result = apply(gate, row(1, email=anne.address), row(2))

    [fault] = result.faults
    assert (fault.line, fault.value) == (2, anne.address)
    assert "customer 1 (Anne Miller) has it" in fault.reason
    assert "`mailgate customer edit 1 --external-id old-1`" in fault.reason
    assert result.steps == {Step.ADD: 1}


def test_the_command_that_gives_a_customer_his_id_can_be_copied(gate: Gate, anne: Person) -> None:
    result = apply(gate, replace(row(1, email=anne.address), external_id="A 7; x"))

    [fault] = result.faults
    assert "`mailgate customer edit 1 --external-id 'A 7; x'`" in fault.reason


def test_of_a_row_that_cannot_be_taken_nothing_is_written(gate: Gate) -> None:
    apply(gate, row(1))
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Eric", "eric@customer.example", (), now=gate.now)

    result = apply(gate, row(1, name="New Name", email="eric@customer.example"), row(2))

    assert [fault.value for fault in result.faults] == ["eric@customer.example"]
    assert [one.name for one in registered(gate)] == ["Customer 1", "Customer 2"]


def test_whoever_was_removed_does_not_come_back_by_himself(gate: Gate) -> None:
    apply(gate, row(1))
    with transaction(gate.parts.engine) as conn:
        people_edits.remove_customer(conn, 1, now=gate.now)

    result = apply(gate, row(1))

    assert [fault.column for fault in result.faults] == ["external_id"]
    assert registered(gate) == []


def test_each_customer_is_welcomed_once_for_ever(gate: Gate) -> None:
    apply(gate, row(1))
    first = apply(gate, row(1), row(2), template=Template.MIGRATED)

    second = apply(gate, row(1), row(2), row(3), template=Template.WELCOME)

    assert (first.welcomed, second.welcomed) == (2, 1)
    [mail] = gate.mailbox(Person("", "c1@customer.example"))
    assert "sign-in@support.example" in mail.text
    assert mail.reverse_path.startswith("bounce+")
    assert mail.message["Auto-Submitted"] == "auto-generated"


def test_without_being_asked_for_no_mail_is_written(gate: Gate) -> None:
    apply(gate, row(1))

    assert gate.outbox() == ()
