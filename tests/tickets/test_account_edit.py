"""What the lines below `!customer edit` come to."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.verb import Field
from mailgate.config.codes import CODES
from mailgate.confirmation import Says
from mailgate.people import Contact, Customer, Role
from mailgate.tickets.account_edit import FIELDS, CannotEdit, Edit, plan

AT = datetime(2026, 3, 2, tzinfo=UTC)
ANNE = Contact(1, 7, "Anne Miller", "anne@customer.example", (Role.OWNER,), AT)
CARL = Contact(2, 7, "Carl Reed", "carl@customer.example", (Role.SUPPORT,), AT)
THEIRS = Customer(7, "Anne Miller", ANNE.address, None, "EUR", "Europe/Berlin", "en", (ANNE, CARL))


def come_to(mover: Contact = ANNE, **lines: str) -> Edit:
    """The plan of these fields; `_` stands for the blank in a name."""
    return plan(THEIRS, mover, {name.replace("_", " "): value for name, value in lines.items()}, CODES)


def test_each_change_is_said_with_what_was_so_far() -> None:
    edit = come_to(name="Anne Smith", country="at", language="DE", time_zone="Europe/Vienna")

    assert edit.columns == {"name": "Anne Smith", "country": "AT", "language": "de", "timezone": "Europe/Vienna"}
    assert [(line.given["field"], line.given["before"], line.given["now"]) for line in edit.statement[1:]] == [
        ("name", "Anne Miller", "Anne Smith"),
        ("country", "–", "AT"),
        ("language", "en", "de"),
        ("time zone", "Europe/Berlin", "Europe/Vienna"),
    ]


def test_what_is_so_already_is_not_said() -> None:
    edit = come_to(name="Anne Miller", language="de", email="Anne@Customer.example", contact=f"{CARL.address} support")

    assert [line.says for line in edit.statement] == [Says.EDIT_CUSTOMER, Says.FIELD_CHANGES]
    assert (edit.mover, edit.person) == (None, None)


@pytest.mark.parametrize(
    ("line", "name", "roles"),
    [
        ("Owen Reed <owen@example.org> support, invoice", "Owen Reed", (Role.SUPPORT, Role.INVOICE)),
        ("Owen Reed <owen@example.org>: Support; INVOICE", "Owen Reed", (Role.SUPPORT, Role.INVOICE)),
        ("<owen@example.org> domain", "owen@example.org", (Role.DOMAIN,)),
        ("owen@example.org", "owen@example.org", (Role.SUPPORT,)),
        ("owen@example.org support support", "owen@example.org", (Role.SUPPORT,)),
    ],
)
def test_a_contact_is_written_as_people_write_one(line: str, name: str, roles: tuple[Role, ...]) -> None:
    person = come_to(contact=line).person

    assert person is not None
    assert (person.name, person.address, person.roles, person.known) == (name, "owen@example.org", roles, None)


def test_a_known_contact_keeps_what_is_not_said() -> None:
    renamed, turned = (
        come_to(contact=f"Carl Smith <{CARL.address}>").person,
        come_to(contact=f"{CARL.address} owner").person,
    )

    assert renamed is not None
    assert turned is not None
    assert (renamed.name, renamed.roles, renamed.known) == ("Carl Smith", CARL.roles, CARL)
    assert (turned.name, turned.roles) == (CARL.name, (Role.OWNER,))


def test_an_address_moves_for_the_person_who_was_named() -> None:
    assert come_to(CARL, email="carl@new.example").mover == CARL
    assert come_to(ANNE, email="anne@new.example").mover == ANNE


@pytest.mark.parametrize("name", ["x" * 300, "Owen\x07Reed"])
def test_the_name_of_a_contact_is_a_line_of_words(name: str) -> None:
    with pytest.raises(CannotEdit):
        come_to(contact=f"{name} <owen@example.org>")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(CannotEdit) as raised:
        come_to(language="klingon", email=CARL.address, contact="Owen", remove=ANNE.address)

    assert str(raised.value).count("; ") == 3


@pytest.mark.parametrize("field", FIELDS, ids=lambda one: one.name)
@given(value=st.text(max_size=300))
def test_whatever_is_written_is_a_plan_or_a_reason(field: Field, value: str) -> None:
    try:
        edit = plan(THEIRS, ANNE, {field.name: value}, CODES)
    except CannotEdit:
        return
    assert len(edit.statement) == 2
