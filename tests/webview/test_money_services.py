"""Services and domains on pages: what there is, what it costs, how it stands, and the site that it serves."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from mailgate.flows.billing.service.add import Sold
from store.engine import transaction
from store.schema import customers
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.reading import numbers_of, row_of, words_of
from tests.webview.trade import open_shop, sell
from tests.webview.web import Web

pytestmark = ON_BOTH

JANUARY = date(2026, 1, 10)


def test_services_are_listed_with_state_price_and_next_due_date_and_past_ones_last(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/services")

    assert (
        row_of(page, "customer.example")
        == "customer.example Web M · customer.example ↗ Active 10 Apr 2026 EUR 11.90 monthly"
    )
    assert row_of(page, "old.example").endswith("Cancelled ended 30 Jan 2026 EUR 4.90 monthly")
    assert row_of(page, "build machine") == "build machine VPS 2 Suspended EUR 12.50 monthly"
    assert row_of(page, "Care") == "Care Pending EUR 490.00 yearly"
    assert page.text.index("old.example") > page.text.index("build machine")
    assert "miller-daughters.com" not in page.text


def test_the_legend_has_a_word_and_a_class_for_each_state(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/services").text

    legend = page.partition('<p class="legend">')[2].partition("</p>")[0]

    assert re.findall(r'<span class="chip service (\w+)">(\w+)</span>', legend) == [
        ("active", "Active"),
        ("pending", "Pending"),
        ("suspended", "Suspended"),
        ("cancelled", "Cancelled"),
        ("terminated", "Terminated"),
    ]


@pytest.mark.parametrize(("state", "names"), [("suspended", ["build machine"]), ("terminated", []), ("strange", None)])
def test_services_of_one_state_are_listed_alone(company: Company, state: str, names: list[str] | None) -> None:
    page = company.web.signed_in(company.story.anne).get("/services", params={"status": state})

    listed = re.findall(r'<a href="/services/\d+" dir="auto">([^<]+)</a>', page.text)

    assert page.status_code == 200
    assert listed == names if names is not None else len(listed) == 6


def test_a_domain_opens_its_site_in_a_new_window_that_learns_nothing_of_this_one(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/services").text

    assert '<a href="http://customer.example/" target="_blank" rel="noopener" ' in page


@pytest.mark.parametrize(
    "domain",
    ["javascript:alert(1)", "a b.example", '"><script>', "evil.example/path", "10.0.0.1", "localhost", "x" * 300],
)
def test_what_is_no_domain_stays_text(web: Web, gate: Gate, anne: Person, domain: str) -> None:
    open_shop(gate)
    sell(gate, 1, JANUARY, Sold("web-s", 1, name="Site", domain=domain))

    page = web.signed_in(anne).get("/services").text

    assert "_blank" not in page
    assert "<script" not in page


def test_a_service_shows_limits_options_add_ons_price_and_its_documents(company: Company) -> None:
    trade = company.story.trade
    page = company.web.signed_in(company.story.anne).get(f"/services/{trade.site}")

    words = words_of(page)

    assert words.startswith(
        "customer.example Active Product Web M Site customer.example ↗ Price EUR 11.90 monthly (without tax)"
    )
    assert "Since 10 Jan 2026 Next due 10 Apr 2026" in words
    assert "Disk 50 GB Databases 10" in words
    assert "Mailboxes 60 (50 come with the product)" in words
    assert "Add-ons They end with it" in words
    assert f'href="/services/{trade.certificate}"' in page.text
    assert trade.paid in numbers_of(page)


def test_a_domain_shows_when_it_was_registered_when_it_expires_and_what_was_paid(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/domains")

    row = row_of(page, "miller-daughters.com")

    assert "registered 12 Jan 2026" in row
    assert "Active 12 Jan 2027 EUR 14.90 paid 2026-0002" in row
    assert "customer.example" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_amounts_of_a_currency_without_and_with_three_digits_are_whole(web: Web, gate: Gate) -> None:
    people_of = {}
    for number, (name, currency) in enumerate((("Aiko", "JPY"), ("Badr", "KWD")), 1):
        people_of[currency] = gate.customer(name, f"{name.lower()}@customer.example")
        open_shop(gate)
        with transaction(gate.parts.engine) as conn:
            where = customers.c.id == number
            conn.execute(update(customers).where(where).values(currency=currency))
        sell(gate, number, JANUARY, Sold("web-s", 1))

    yen, dinars = (words_of(web.signed_in(people_of[one]).get("/services")) for one in ("JPY", "KWD"))

    assert "JPY 800 monthly" in yen
    assert "KWD 1.650 monthly" in dinars


def test_a_promotion_is_told_with_the_price_that_it_makes(web: Web, gate: Gate, anne: Person) -> None:
    open_shop(gate)
    sell(gate, 1, JANUARY, Sold("web-m", 1, name="Half", promotion="spring"))
    sell(gate, 1, JANUARY, Sold("web-m", 1, name="Less", promotion="friends"))

    half, less = (words_of(web.signed_in(anne).get(f"/services/{number}")) for number in (1, 2))

    assert "Price EUR 4.95 monthly (without tax) Promotion 50% off with SPRING until 9 Apr 2026 Since" in half
    assert "Price EUR 7.90 monthly (without tax) Promotion EUR 2.00 off with FRIENDS Since" in less
    assert "EUR 4.95 monthly" in row_of(web.signed_in(anne).get("/services"), "Half")
