"""The figures of money for staff: charts say what tables say, and each mark leads to a list that adds up to it."""

import gzip
import html
import re
from collections import defaultdict
from datetime import UTC, date, datetime

import httpx
import pytest

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.money.amount import read_amount
from mailgate.flows.billing.service.add import Sold
from store.billing import invoices
from store.engine import reading
from store.views import money_figures
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.reading import numbers_of, words_of
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.trade import open_shop, sell
from tests.webview.web import Web

pytestmark = ON_BOTH

MONEY = "/staff/reports/money"
MARK = re.compile(r'<a href="([^"]+)"><title>([^<]*)</title>')


def marks_of(page: httpx.Response, to: str) -> dict[str, str]:
    """Where the marks of the wide charts lead, that lead there, and what each says."""
    wide = "".join(re.findall(r'<div class="wide-only">(.*?)</div>', page.text, re.DOTALL))
    return {html.unescape(href): html.unescape(said) for href, said in MARK.findall(wide) if to in href}


def amounts_in(said: str) -> list[int]:
    """In euro, as they stand in the words."""
    found = re.findall(r"(-?)EUR\s([\d,]+\.\d\d)", said)
    return [(-1 if sign else 1) * read_amount(one.replace(",", ""), "EUR") for sign, one in found]


def documents(gate: Gate) -> dict[str, invoices.Issued]:
    with reading(gate.parts.engine) as conn:
        both = (*invoices.listing(conn), *invoices.listing(conn, DocumentKind.CREDIT_NOTE))
    return {one.number: one for one in both}


def listed(page: httpx.Response) -> list[str]:
    return re.findall(r'href="/staff/(?:invoices|credit-notes)/([^"?]+)"><bdi', page.text)


def test_each_age_leads_to_the_invoices_that_make_it_up(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)
    issued = documents(company.gate)
    marks = marks_of(browser.get(MONEY), "age=")

    assert len(marks) >= 2
    for href, said in marks.items():
        found = numbers_of(browser.get(href))
        assert [sum(issued[number].open_minor for number in found)] == amounts_in(said), said
        assert f", {len(found)} invoice" in said


def test_each_month_leads_to_the_documents_that_make_it_up(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)
    issued = documents(company.gate)
    marks = marks_of(browser.get(MONEY), "month=")

    assert len(marks) >= 2
    for href, said in marks.items():
        found = [issued[number] for number in listed(browser.get(href))]
        net = sum(one.net_minor if one.kind is DocumentKind.INVOICE else -one.net_minor for one in found)
        assert amounts_in(said)[:1] == [net], said


def test_each_month_of_what_recurs_leads_to_what_made_a_difference(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)
    page = browser.get(MONEY)
    marks = marks_of(page, "/staff/reports/recurring")

    assert marks
    with reading(company.gate.parts.engine) as conn:
        rows = money_figures.recurring_until(conn, company.gate.now.date(), months=12)
    by_month = {(one.month, one.currency): one for one in rows}
    for href in marks:
        moves = browser.get(href)
        at, currency = re.findall(r"at=([\d-]+)&currency=(\w+)", href)[0]
        row = by_month[date.fromisoformat(at).replace(day=1), currency]
        lead = words_of(moves).partition("changed by")[2].partition("Services")[0]
        assert amounts_in(lead) == [row.mrr_minor - row.opening_minor], href


def test_the_table_says_what_the_chart_says(company: Company) -> None:
    page = company.web.signed_in(company.story.bart).get(MONEY)

    with reading(company.gate.parts.engine) as conn:
        owed = money_figures.aging_now(conn, company.gate.now)
    totals: dict[str, int] = defaultdict(int)
    for one in owed:
        totals[one.currency] += one.total_minor
    words = words_of(page)
    for minor in totals.values():
        assert f"{minor // 100:,}.{minor % 100:02}" in words
    assert "Who owes most that is late, first" in words


def test_the_page_is_light_and_its_charts_too(company: Company) -> None:
    page = company.web.signed_in(company.story.bart).get(MONEY)

    assert len(gzip.compress(page.content)) <= MAX_GZIP
    for picture in re.findall(r'<svg class="picture".*?</svg>', page.text, re.DOTALL):
        assert len(picture) <= 6_000


def test_customers_see_none_of_it(company: Company) -> None:
    for path in (MONEY, "/staff/reports/recurring?at=2026-03-01&currency=EUR", "/staff/invoices?age=1-30"):
        assert company.web.signed_in(company.story.anne).get(path).status_code == 404


@pytest.mark.parametrize("query", ["", "?at=2026-03-01", "?at=tomorrow&currency=EUR", "?at=9999-12-31&currency=EUR"])
def test_what_is_no_month_is_no_page(company: Company, query: str) -> None:
    assert company.web.signed_in(company.story.bart).get(f"/staff/reports/recurring{query}").status_code == 404


@pytest.mark.parametrize("query", ["?age=31", "?month=2026-13", "?currency=Euro", "?month=9999-12", "?age=&month="])
def test_a_filter_that_is_none_narrows_nothing(company: Company, query: str) -> None:
    browser = company.web.signed_in(company.story.bart)

    assert numbers_of(browser.get(f"/staff/invoices{query}")) == numbers_of(browser.get("/staff/invoices"))


def test_what_narrows_the_list_is_named_and_can_be_taken_away(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)

    page = browser.get("/staff/invoices?month=2026-01&currency=EUR&status=paid")
    narrowed = re.findall(r'<a href="([^"]+)" aria-current="true" title="Take this away">([^<]+)', page.text)

    assert [(html.unescape(href), said.strip()) for href, said in narrowed] == [
        ("/staff/invoices?status=paid&currency=EUR", "issued in January 2026"),
        ("/staff/invoices?status=paid&month=2026-01", "EUR"),
    ]


def test_every_account_is_late_by_its_own_day(web: Web, gate: Gate, bart: Person) -> None:
    gate.customer("Far", "far@customer.example", timezone="Pacific/Auckland")
    gate.customer("West", "west@customer.example", timezone="America/Los_Angeles")
    open_shop(gate)
    for customer in (1, 2):
        sell(gate, customer, gate.now.date(), Sold("web-s", 1))
    gate.now = datetime(2026, 3, 2, 13, tzinfo=UTC)  # in Auckland it is the 3rd

    browser = web.signed_in(bart)
    late, due = (numbers_of(browser.get(f"/staff/invoices?age={age}")) for age in ("1-30", "not-due"))

    assert [documents(gate)[one].zone for one in late] == ["Pacific/Auckland"]
    assert [documents(gate)[one].zone for one in due] == ["America/Los_Angeles"]


def test_a_company_that_has_sold_nothing_says_so(web: Web, bart: Person) -> None:
    assert "Nothing has been invoiced yet." in words_of(web.signed_in(bart).get(MONEY))
