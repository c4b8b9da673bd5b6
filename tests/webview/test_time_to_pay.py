"""Time to pay as pages show it: to the customer on the invoice, to staff on the customer's page."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.gate import Gate, Person
from tests.scenarios.billed import Billed
from tests.webview.web import Web

PATH = "/staff/customers/1"


@pytest.fixture
def billed(gate: Gate, anne: Person, bart: Person) -> Billed:
    """Anne has an open invoice of 2 March."""
    billed = Billed(gate).sells()
    billed.invoice()
    return billed


def words(page: str) -> str:
    """Those of a page, without its tags and turns of direction."""
    plain = unescape(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)))
    return re.sub(r" ([:,)])", r"\1", " ".join(plain.split()))


def seen_by_staff(web: Web, name: str) -> str:
    """The customer's page as somebody new of the staff sees it, whose session has just begun."""
    return words(web.signed_in(web.gate.staff(name, f"{name}@hosting.example")).get(PATH).text)


def test_an_extension_is_seen_by_customer_and_staff(
    web: Web, billed: Billed, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("May I pay later?"))
    before = words(web.signed_in(anne).get("/invoices/2026-0001").text)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!extend 7d"))

    assert "Time until" not in before
    assert "Time until 9 Mar 2026 (no reminders before that)" in words(
        web.signed_in(anne).get("/invoices/2026-0001").text
    )
    assert "Invoice 2026-0001: extended until 9 Mar 2026 Bart Jones" in words(web.signed_in(bart).get(PATH).text)
    assert "invoice 2026-0001 has time until 9 Mar 2026, says Bart Jones" in words(
        web.signed_in(anne).get("/tickets/1").text
    )


def test_money_that_never_came_is_seen_until_it_comes(
    web: Web, billed: Billed, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("!paid yesterday"))
    waiting = seen_by_staff(web, "cris")
    gate.later(days=8)
    in_vain = seen_by_staff(web, "dora")
    gate.deliver(anne.writes("!defer 3"))
    gate.later(days=5)
    late = seen_by_staff(web, "erik")
    billed.shop.pay("2026-0001", 1178, billed.today)
    paid = seen_by_staff(web, "fred")

    assert "All that is open: said to have been paid, until 8 Mar 2026 it is waited for Anne Miller" in waiting
    assert "no money seen All that is open: said to have been paid, until 8 Mar 2026 it was waited for" in in_vain
    assert "All that is open: had time until" in late
    assert "Time to pay" not in paid


def test_time_that_is_over_is_not_shown_before_anybody_has_ended_it(
    web: Web, billed: Billed, gate: Gate, anne: Person
) -> None:
    gate.deliver(anne.writes("!paid"))
    gate.now += timedelta(days=8)

    assert "Time until" not in words(web.signed_in(anne).get("/invoices/2026-0001").text)
