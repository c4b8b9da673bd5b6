"""Who the author of a message is, and what may be written about a customer."""

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.config.codes import CODES as WORLD
from mailgate.mail.address import parse_mailbox
from mailgate.people import (
    AlreadyContact,
    BadDetails,
    Codes,
    Contact,
    Customer,
    Registered,
    Role,
    Staff,
    Stranger,
    checked_details,
    present,
    refuse_second_account,
    sender_of,
    staff_called,
)

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


CODES = Codes(
    currencies=("EUR", "CHF", "USD"),
    languages=("en", "de", "pt", "zh", "ckb"),
    countries=("DE", "GB"),
    usual_countries={"UK": "GB"},
    timezones=lambda: ("UTC", "Europe/Berlin", "America/Sao_Paulo"),
)


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("name", "Müller & Söhne", "Müller & Söhne"),
        ("external_id", "007", "007"),
        ("country", "de", "DE"),
        ("currency", "eur", "EUR"),
        ("timezone", "America/Sao_Paulo", "America/Sao_Paulo"),
        ("language", "de", "de"),
        ("language", "PT-br", "pt-BR"),
        ("language", "zh_hant_tw", "zh-Hant-TW"),
        ("language", "en-001", "en-001"),
        ("language", "ckb", "ckb"),
    ],
)
def test_details_of_a_customer_are_kept_in_the_usual_case_of_their_codes(field: str, given: str, kept: str) -> None:
    assert checked_details({field: given}, CODES) == {field: kept}


@pytest.mark.parametrize(
    ("field", "given", "reason"),
    [
        ("name", "  ", "the name is empty"),
        ("name", "Anne\r\nBcc: x@y.example", "contains a line break or control character"),
        ("name", "x" * 201, "is longer than 200 characters"),
        ("external_id", "7\0", "contains a line break or control character"),
        ("country", "Germany", "'Germany' is no country code of ISO 3166-1, such as DE"),
        ("country", "ZZ", "'ZZ' is no country code of ISO 3166-1, such as DE"),
        ("country", "uk", "'uk' is no country code of ISO 3166-1: did you mean GB?"),
        ("currency", "EURO", "'EURO' is no currency code of ISO 4217: did you mean EUR?"),
        ("currency", "XQZ", "'XQZ' is no currency code of ISO 4217, such as EUR"),
        ("currency", "", "the currency is empty"),
        ("timezone", "europe/berlin", "'europe/berlin' is no time zone: did you mean Europe/Berlin?"),
        ("timezone", "Mars/North", "'Mars/North' is no time zone, such as Europe/Berlin"),
        ("timezone", "../etc/passwd", "'../etc/passwd' is no time zone, such as Europe/Berlin"),
        ("language", "xx", "'xx' is no language, such as en or pt-BR"),
        ("language", "deutsch", "'deutsch' is no language, such as en or pt-BR"),
        ("language", "de-", "'de-' is no language, such as en or pt-BR"),
        ("language", "de\n", "contains a line break or control character"),
    ],
)
def test_what_no_customer_can_have_is_refused_by_its_value_with_the_nearest_known(
    field: str, given: str, reason: str
) -> None:
    with pytest.raises(BadDetails) as refused:
        checked_details({field: given}, CODES)

    assert reason in str(refused.value)
    assert [(one.field, one.value) for one in refused.value.details] == [(field, given)]


def test_all_that_is_wrong_with_the_details_is_named_at_once() -> None:
    with pytest.raises(BadDetails) as refused:
        checked_details({"name": "Anne", "currency": "EURO", "timezone": "Berlin", "language": "xx"}, CODES)

    assert [one.field for one in refused.value.details] == ["currency", "timezone", "language"]
    assert str(refused.value).count("; ") == 2


@pytest.mark.parametrize("code", ["en", "de", "pt", "nl", "uk", "zh", "ja", "ar", "nb", "fil"])
def test_the_languages_of_the_world_are_known(code: str) -> None:
    assert checked_details({"language": code}, WORLD) == {"language": code}


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "DEM", "CHE"])
def test_metals_test_codes_funds_and_money_of_the_past_are_no_currency_of_a_customer(code: str) -> None:
    with pytest.raises(BadDetails, match="is no currency code"):
        checked_details({"currency": code}, WORLD)


def _customer(number: int, name: str) -> Customer:
    return Customer(number, name, ANNE.address, None, "EUR", "UTC", "en", ())


def test_a_second_account_of_an_address_is_refused_with_those_that_it_is_a_contact_of() -> None:
    theirs = (_customer(3, "First Shop"), _customer(8, "Second Shop"))

    refuse_second_account(ANNE.address, ())
    with pytest.raises(AlreadyContact) as refused:
        refuse_second_account(ANNE.address, theirs)

    assert str(refused.value) == (
        "anne@customer.example is a contact of customer 3 (First Shop) and customer 8 (Second Shop) already"
    )
