"""A document in another currency tells its tax in the company's own, once a rate is on record."""

import json
import re
from typing import Any

import pytest

from mailgate.billing.document.invoice import DocumentKind
from mailgate.flows.billing.told.letters import invoice_notices
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.outbound.templates import Templates
from store.billing import rates
from store.billing.invoices import Issued
from store.billing.rates import Rate
from store.engine import transaction
from tests.flows.billing.trade import Trade, d, noon


@pytest.fixture
def bart(trade: Trade) -> int:
    return trade.customer("Bart", currency="JPY")


def known(trade: Trade, rate: str, since: str, currency: str = "JPY") -> None:
    with transaction(trade.engine) as conn:
        rates.add(conn, Rate("EUR", currency, d(since), rate, noon(d(since)), "Bart"))


def home(document: Issued) -> Any:
    return json.loads(document.model)["home"]


def sold(trade: Trade, customer: int, on: str) -> Issued:
    _, (document,) = trade.add(customer, "small", on=on)
    return trade.invoice(document.number)


def test_the_rate_of_the_day_of_issue_counts(trade: Trade, bart: int) -> None:
    for rate, since in (("160", "2026-03-01"), ("162.37", "2026-04-01"), ("170", "2026-04-02")):
        known(trade, rate, since)

    document = sold(trade, bart, "2026-04-01")

    assert document.tax_minor == 190
    assert home(document) == {"currency": "EUR", "tax_minor": 117, "rate": "162.37"}


def test_its_mail_says_so_in_text_and_html(trade: Trade, bart: int, anne: int) -> None:
    known(trade, "162.37", "2026-04-01")
    said = []
    for customer in (bart, anne):
        document = sold(trade, customer, "2026-04-01")
        with transaction(trade.engine) as conn:
            act = Act.begin(conn, trade.settings, noon(d("2026-04-01")))
            [notice] = invoice_notices(act, Template.INVOICE_CREATED, document)
        said.append(Templates().render(notice.template, "en", notice.values))

    with_rate, without = said
    assert with_rate.problems == without.problems == ()
    text, html = (one.replace("\u00a0", " ") for one in (with_rate.text, with_rate.html))
    [row] = [line for line in text.splitlines() if "Tax in EUR" in line]
    assert re.split(" {2,}", row.strip()) == ["Tax in EUR (1 EUR = 162.37 JPY)", "EUR 1.17"]
    assert "Tax in EUR (1 EUR = 162.37 JPY)" in html
    assert ">EUR 1.17<" in html
    assert "Tax in" not in without.text


def test_without_a_rate_it_is_left_out(trade: Trade, bart: int, anne: int) -> None:
    known(trade, "1.0826", "2026-03-01", currency="USD")
    known(trade, "162.37", "2026-04-02")

    assert home(sold(trade, bart, "2026-04-01")) is None
    assert home(sold(trade, anne, "2026-04-01")) is None


def test_a_credit_note_has_the_rate_of_what_it_takes_back(trade: Trade, bart: int) -> None:
    known(trade, "160", "2026-04-01")
    document = sold(trade, bart, "2026-04-01")
    known(trade, "170", "2026-04-05")

    trade.void(document.number, on="2026-04-06")

    [note] = trade.all(DocumentKind.CREDIT_NOTE)
    assert home(note) == home(document)


def test_a_rate_that_comes_later_changes_nothing_that_was_issued(trade: Trade, bart: int) -> None:
    known(trade, "160", "2026-04-01")
    before = sold(trade, bart, "2026-04-01")

    known(trade, "170", "2026-04-01")

    assert trade.invoice(before.number).model == before.model
    assert home(sold(trade, bart, "2026-04-01"))["rate"] == "170"
