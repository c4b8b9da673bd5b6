"""Whom words mean: what is the same is found, whatever else looks like it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from mailgate.people import Role
from store import called, people, people_edits
from store.engine import reading, transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOME = {"country": "AT", "currency": "EUR", "timezone": "Europe/Vienna", "language": "en", "now": NOON}


@pytest.fixture
def town(engine: Engine) -> Engine:
    """Anne, 1, and two Barts, 2 and 3, of whom the second shares a contact with Anne; 4 has left."""
    with transaction(engine) as conn:
        for name, address in (
            ("Anne Miller", "anne@miller.example"),
            ("Bart Jones", "bart@jones.example"),
            ("Bart Jones", "bart@other.example"),
            ("Cris 100%", "cris@gone.example"),
        ):
            people.add_customer(conn, name, address, external_id=f"old-{address}", **HOME)  # type: ignore[arg-type]
        people.add_contact(conn, 1, "Tax", "tax@office.example", (Role.INVOICE,), now=NOON)
        people.add_contact(conn, 3, "Tax", "tax@office.example", (Role.INVOICE,), now=NOON)
        people_edits.remove_customer(conn, 4, now=NOON)
    return engine


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Anne Miller", (1,)),
        ("ANNE MILLER", (1,)),
        ("Anne", ()),
        ("ANNE@miller.example", (1,)),
        ("miller.example", (1,)),
        ("Miller.Example", (1,)),
        ("iller.example", ()),
        ("%.example", ()),
        ("____.example", ()),
        ("old-bart@jones.example", ()),
        ("Bart Jones", (2, 3)),
        ("tax@office.example", (1, 3)),
        ("office.example", (1, 3)),
        ("Cris 100%", ()),
        ("cris@gone.example", ()),
        ("2026-0001", ()),
        ("' OR 1=1 --", ()),
    ],
)
def test_a_customer_is_meant_by_address_domain_or_name(town: Engine, words: str, meant: tuple[int, ...]) -> None:
    with reading(town) as conn:
        assert called.customers_called(conn, words) == meant


def test_an_id_of_an_older_system_means_its_customer(town: Engine) -> None:
    with transaction(town) as conn:
        people_edits.edit_customer(conn, 2, {"external_id": "K-17"})

    with reading(town) as conn:
        assert called.customers_called(conn, "K-17") == (2,)


def test_contacts_are_meant_by_address_or_name_of_whatever_customer(town: Engine) -> None:
    with reading(town) as conn:
        assert called.contacts_called(conn, "Tax@office.example") == called.contacts_called(conn, "tax") == (5, 6)
        assert called.contacts_called(conn, "office.example") == ()
        assert called.contacts_called(conn, "cris@gone.example") == ()


def test_where_there_is_nothing_nothing_is_meant(town: Engine) -> None:
    with reading(town) as conn:
        assert called.services_called(conn, "miller.example") == ()
        assert called.accepted_called(conn, "1@miller.example") == ()
        assert called.outgoing_called(conn, "1@miller.example") == ()
        assert called.numbers_of(conn, [1, None]) == {}


def test_names_of_many_customers_are_read(town: Engine) -> None:
    with reading(town) as conn:
        assert called.names_of(conn, [None, 4, *range(1, 3), *range(100, 70_000)]) == {
            1: "Anne Miller",
            2: "Bart Jones",
            4: "Cris 100%",
        }


def test_what_begins_with_the_same_letters_may_be_suggested(town: Engine) -> None:
    with reading(town) as conn:
        assert called.beginning_as(conn, "an@miller.example") == ("anne@miller.example",)
        assert called.beginning_as(conn, "bort") == ()
        assert called.beginning_as(conn, "BArt") == ("Bart Jones", "Bart Jones")
