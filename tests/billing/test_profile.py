"""Billing profiles: what may be written down, and who a document is made out to."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.billing.party import Account, Buyer
from mailgate.billing.profile import billing_contact, buyer, edited
from mailgate.people import BadDetails, Contact, Customer, Role

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OWNER = Contact(1, 7, "Anne Miller", "anne@customer.example", (Role.OWNER,), NOW)
BOOKS = Contact(2, 7, "Bart Jones", "bart@customer.example", (Role.SUPPORT, Role.INVOICE), NOW)
OTHER = Contact(3, 7, "Cris", "Cris@customer.example", (Role.SUPPORT,), NOW)
ANNE = Customer(7, "Anne Miller", OWNER.address, "AT", "EUR", "Europe/Vienna", "de", (OWNER, BOOKS, OTHER))
FRESH = Account.fresh(7)


@pytest.mark.parametrize(
    ("contacts", "named", "expected"),
    [
        ((OWNER, BOOKS, OTHER), OTHER.id, OTHER),
        ((OWNER, BOOKS, OTHER), None, BOOKS),
        ((OWNER, OTHER), None, OWNER),
        ((OWNER, BOOKS), OTHER.id, BOOKS),  # the one who was named has left
        ((OTHER,), None, None),
    ],
)
def test_bills_are_made_out_to_the_contact_that_staff_named_else_by_role(
    contacts: tuple[Contact, ...], named: int | None, expected: Contact | None
) -> None:
    found = billing_contact(replace(ANNE, contacts=contacts), replace(FRESH, contact_id=named))

    assert found == expected


def test_a_buyer_is_frozen_from_customer_profile_and_contact() -> None:
    account = replace(
        FRESH, organisation="Miller & Söhne", street="Ring 1", postcode="1010", city="Wien", region="W",
        vat_id="ATU12345675", exempt_reason="Embassy",
    )  # fmt: skip

    found = buyer(ANNE, account)

    assert found == Buyer(
        7, "Bart Jones", "bart@customer.example", "Miller & Söhne", "Ring 1", "1010", "Wien", "W", "AT",
        "ATU12345675", "Embassy",
    )  # fmt: skip


def test_a_buyer_without_contacts_has_the_customers_own_name() -> None:
    found = buyer(replace(ANNE, contacts=(), address="", country=None), FRESH)

    assert (found.name, found.email, found.country) == ("Anne Miller", "", "")


def test_what_is_given_is_kept_and_the_rest_stays() -> None:
    before = replace(FRESH, city="Linz", street="Weg 2", bill_day=3)

    after = edited(
        before, ANNE, {"city": "Wien", "vat_id": "at u123 456 75", "billing_contact": "CRIS@customer.example"}
    )

    assert after == replace(before, city="Wien", vat_id="ATU12345675", contact_id=OTHER.id)


def test_empty_words_and_none_take_away() -> None:
    before = replace(FRESH, organisation="M", vat_id="ATU12345675", exempt_reason="E", bill_day=3, contact_id=2)
    nothing = {"organisation": "", "vat_id": "", "exempt_reason": "", "bill_day": None, "billing_contact": ""}

    assert edited(before, ANNE, nothing) == FRESH


WRONG = [
    ({"bill_day": 32}, "'32' is no day of a month: 1 to 31"),
    ({"bill_day": 0}, "'0' is no day of a month: 1 to 31"),
    ({"vat_id": "DE123456788"}, "'DE123456788' is no VAT id of AT: those begin with AT"),
    ({"vat_id": "ATU12345675\n"}, "contains a line break or control character"),
    ({"city": "Wien\nBcc: x@y.example"}, "contains a line break or control character"),
    ({"street": "x" * 201}, "is longer than 200 characters"),
    ({"organisation": " "}, "the organisation is empty"),
    ({"billing_contact": "dora@other.example"}, "'dora@other.example' is no contact of customer 7"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_what_cannot_be_is_refused_with_the_value(given: dict[str, object], message: str) -> None:
    with pytest.raises(BadDetails) as raised:
        edited(FRESH, ANNE, given)

    assert message in str(raised.value)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(BadDetails) as raised:
        edited(FRESH, ANNE, {"bill_day": 32, "vat_id": "x", "city": "a\x00", "billing_contact": "nobody"})

    assert {one.field for one in raised.value.details} == {"bill_day", "vat_id", "city", "billing_contact"}


@pytest.mark.parametrize("country", ["DE", None])
def test_a_vat_id_that_was_there_must_fit_a_new_country(country: str | None) -> None:
    before = replace(FRESH, vat_id="ATU12345675")

    with pytest.raises(BadDetails, match="ATU12345675"):
        edited(before, replace(ANNE, country=country), {})
    assert edited(before, replace(ANNE, country="DE"), {"vat_id": "DE123456788"}).vat_id == "DE123456788"
