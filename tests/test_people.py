"""Who the author of a message is."""

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.mail.address import parse_mailbox
from mailgate.people import Contact, Registered, Role, Staff, Stranger, present, sender_of, staff_called

ANNE = parse_mailbox("anne@customer.example")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _contact(number: int, *, customer: int, hours: int = 0) -> Contact:
    return Contact(number, customer, "Anne", ANNE.address, (Role.OWNER,), BEGIN + timedelta(hours=hours))


def test_an_address_that_nobody_has_is_a_stranger_s() -> None:
    assert sender_of(ANNE, (), None) == Stranger(ANNE)


def test_a_mail_without_a_usable_author_is_a_stranger_s() -> None:
    assert sender_of(None, (), None) == Stranger(None)


def test_staff_are_staff_even_if_they_are_customers_too() -> None:
    bart = Staff(1, "Bart", ANNE.address)

    assert sender_of(ANNE, (_contact(1, customer=1),), bart) is bart


def test_one_contact_speaks_for_one_customer() -> None:
    sender = sender_of(ANNE, (_contact(1, customer=1),), None)

    assert isinstance(sender, Registered)
    assert not sender.is_ambiguous


def test_of_several_contacts_the_one_active_last_comes_first() -> None:
    older, newest, oldest = _contact(1, customer=1, hours=5), _contact(2, customer=2, hours=9), _contact(3, customer=3)

    sender = sender_of(ANNE, (older, newest, oldest), None)

    assert isinstance(sender, Registered)
    assert sender.is_ambiguous
    assert [contact.customer_id for contact in sender.contacts] == [2, 1, 3]


def test_of_contacts_active_at_the_same_instant_the_younger_row_comes_first() -> None:
    sender = sender_of(ANNE, (_contact(1, customer=1), _contact(2, customer=2)), None)

    assert isinstance(sender, Registered)
    assert [contact.id for contact in sender.contacts] == [2, 1]


STAFF = (
    Staff(1, "Bart Jones", "bart@hosting.example"),
    Staff(2, "Anna Frost", "anna@hosting.example"),
    Staff(3, "Anna Stone", "as@hosting.example"),
    Staff(4, "Stone", "stone@hosting.example"),
)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("bart", (1,)),
        ("BART  jones", (1,)),
        ("as@hosting.example", (3,)),
        ("anna", (2, 3)),
        ("Anna Stone", (3,)),
        ("stone", (4,)),
        ("jones", ()),
        ("", ()),
    ],
)
def test_staff_are_called_by_address_whole_name_or_first_name(words: str, ids: tuple[int, ...]) -> None:
    assert tuple(one.id for one in staff_called(words, STAFF)) == ids


def test_who_is_away_is_told_only_when_everybody_is() -> None:
    away = Staff(5, "Cara", "cara@hosting.example", BEGIN + timedelta(days=1))

    assert present((*STAFF, away), now=BEGIN) == STAFF
    assert present((away,), now=BEGIN) == (away,)
    assert present((*STAFF, away), now=BEGIN + timedelta(days=1)) == (*STAFF, away)
