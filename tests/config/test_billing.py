"""Settings of billing, as the rest of the program gets them."""

import pytest

from mailgate.billing import party
from mailgate.config import ConfigErrors, Seller
from mailgate.config.settings import TaxPoint
from tests.config.conftest import Loader


def test_the_seller_of_the_settings_is_the_one_of_the_rules(loaded: Loader) -> None:
    settings = loaded(
        '[seller]\nname = "Muster GmbH"\nvat_id = "de 123.456.788"\n'
        'iban = "de77 1000 0000 0000 0000 00"\nbic = "cobadeff"'
    )

    assert isinstance(settings.seller, party.Seller)
    assert (settings.seller.name, settings.seller.iban) == ("Muster GmbH", "DE77100000000000000000")
    assert (settings.seller.bic, settings.seller.vat_id) == ("COBADEFF", "DE123456788")


def test_a_seller_abroad_who_leaves_the_vat_id_of_the_example_is_for_the_doctor_to_find(loaded: Loader) -> None:
    settings = loaded('[seller]\nname = "Acme LLC"\ncountry = "US"')

    assert settings.seller.vat_id == Seller().vat_id


def test_a_vat_id_from_elsewhere_stays_as_it_is_written(loaded: Loader) -> None:
    settings = loaded('[seller]\ncountry = "CH"\nvat_id = "CHE-123.456.788 MWST"')

    assert settings.seller.vat_id == "CHE-123.456.788 MWST"


@pytest.mark.parametrize(("code", "near"), [("ZZ", ""), ("UK", "GB"), ("EL", "GR"), ("de", "DE")])
def test_the_seller_is_in_a_country_that_there_is(loaded: Loader, code: str, near: str) -> None:
    with pytest.raises(ConfigErrors, match=f'"{code}" is not a country code of ISO 3166-1, such as DE') as wrong:
        loaded(f'[seller]\ncountry = "{code}"\nvat_id = ""')

    assert near in str(wrong.value)


def test_a_seller_may_have_no_vat_id_and_no_account(loaded: Loader) -> None:
    settings = loaded('[seller]\nvat_id = ""\niban = ""\nemail = ""')

    assert (settings.seller.vat_id, settings.seller.iban, settings.seller.email) == ("", "", "")


def test_truths_and_choices_are_read_from_file_and_environment(loaded: Loader) -> None:
    settings = loaded(
        '[billing]\nbill_suspended = true\ntax_point = "period-end"',
        {"MAILGATE_BILLING__CHANGE_WAITS_FOR_PAYMENT": "true"},
    )

    assert settings.billing.bill_suspended is True
    assert settings.billing.change_waits_for_payment is True
    assert settings.billing.tax_point is TaxPoint.PERIOD_END


@pytest.mark.parametrize(
    ("text", "home", "currency", "least"),
    [
        ("", "EUR", "EUR", 1000),
        ("", "EUR", "USD", None),
        ("", "JPY", "JPY", 10),
        ("", "KWD", "KWD", 10_000),
        ('billing.deposit_minimum = ["USD 5.50", "EUR 20.00"]', "EUR", "USD", 550),
        ('billing.deposit_minimum = ["USD 5.50", "EUR 20.00"]', "EUR", "EUR", 2000),
        ('billing.deposit_minimum = ["USD 5.50", "EUR 20.00"]', "EUR", "JPY", None),
    ],
)
def test_the_least_deposit_is_named_by_currency(
    loaded: Loader, text: str, home: str, currency: str, least: int | None
) -> None:
    billing = loaded(text).billing

    assert billing.least_deposit_minor(currency, home=home) == least


def test_days_of_reminders_are_read_from_file_and_environment(loaded: Loader) -> None:
    in_file = loaded("[billing]\nreminders = [-7, 0, 10]\nsuspend_days = 0")
    outside = loaded("", {"MAILGATE_BILLING__REMINDERS": "-1, 5", "MAILGATE_BILLING__REMINDER_HOUR": "9"})
    silent = loaded("[billing]\nreminders = []")

    assert (in_file.billing.reminders, in_file.billing.suspend_days) == ((-7, 0, 10), 0)
    assert (outside.billing.reminders, outside.billing.reminder_hour) == ((-1, 5), 9)
    assert silent.billing.reminders == ()


@pytest.mark.parametrize(
    ("text", "home", "currency", "bounds"),
    [
        ("", "EUR", "EUR", (100_000, 10_000)),
        ("", "EUR", "USD", (None, 0)),
        ("", "JPY", "JPY", (1000, 100)),
        ('[billing]\ndeposit_maximum = ""\norder_limit = ""', "EUR", "EUR", (None, 0)),
        ('[billing]\ndeposit_maximum = "25.50"\norder_limit = "0.50"', "EUR", "EUR", (2550, 50)),
    ],
)
def test_what_is_paid_by_mail_is_bounded_in_the_gates_own_currency(
    loaded: Loader, text: str, home: str, currency: str, bounds: tuple[int | None, int]
) -> None:
    billing = loaded(text).billing

    found = billing.most_deposit_minor(currency, home=home), billing.order_limit_minor(currency, home=home)
    assert found == bounds
