"""Many mails of one event cost the store as many statements as a few."""

from typing import Any

import pytest
from sqlalchemy import Connection, event

from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice
from mailgate.outbound.samples import SAMPLES
from store import people
from store.engine import transaction
from store.post import suppressions
from tests.gate import SUPPORT, Gate

MANY = 40


@pytest.fixture
def gate(gate: Gate) -> Gate:
    """A gate with many customers, half of whom read German."""
    with transaction(gate.parts.engine) as conn:
        for number in range(MANY):
            people.add_customer(
                conn, f"Customer {number}", f"c{number}@customer.example",
                country=None, currency="EUR", timezone="UTC", language="de" if number % 2 else "en", now=gate.now,
            )  # fmt: skip
    return gate


def notices(count: int, template: Template = Template.INVOICE_CREATED) -> list[Notice]:
    return [
        Notice(
            template=template,
            to_address=f"c{number}@customer.example",
            to_name=f"Customer {number}",
            from_name="Example Hosting",
            from_address=SUPPORT,
            values=SAMPLES[template][0],
            customer_id=number + 1,
            about_id=number,
        )
        for number in range(count)
    ]


def statements_for(gate: Gate, told: list[Notice]) -> tuple[list[str], tuple[int | None, ...]]:
    """What the store is asked while they are queued, and the numbers of the mails."""
    asked: list[str] = []

    def note(_conn: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        event.listen(gate.parts.engine, "before_cursor_execute", note)
        try:
            numbers = notify(act, told, cause=None)
        finally:
            event.remove(gate.parts.engine, "before_cursor_execute", note)
    return asked, numbers


@pytest.mark.parametrize("template", [Template.INVOICE_CREATED, Template.WELCOME, Template.ANNOUNCEMENT])
def test_forty_are_queued_with_as_many_statements_as_two(gate: Gate, template: Template) -> None:
    few, _ = statements_for(gate, notices(2, template))
    many, numbers = statements_for(gate, notices(MANY, template))

    assert len(many) == len(few) <= 5
    assert len(set(numbers)) == MANY


def test_each_has_its_number_and_its_reader_s_language(gate: Gate) -> None:
    _, numbers = statements_for(gate, notices(MANY))

    found = {row.id: row.notice for row in gate.outbox()}
    assert [found[number].to_address for number in numbers if number] == [one.to_address for one in notices(MANY)]
    assert [found[number].locale for number in numbers if number] == ["en", "de"] * (MANY // 2)


def test_what_is_left_out_has_no_number(gate: Gate) -> None:
    with transaction(gate.parts.engine) as conn:
        people.add_customer(
            conn, "Dora", "dora@other.example",
            country=None, currency="EUR", timezone="UTC", language="en", now=gate.now,
        )  # fmt: skip
        suppressions.add(conn, "c1@customer.example", "no such user", since=gate.now, until=gate.now.replace(year=2027))

    _, numbers = statements_for(gate, notices(3))

    assert [number is None for number in numbers] == [False, True, False]
    assert [row.notice.to_name for row in gate.outbox()] == ["Customer 0", "Customer 2"]
