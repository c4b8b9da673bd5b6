"""How to pay, by whatever way; the card, credit with its history; and the money that staff look after."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event, update

from mailgate.billing.payment.allocation import Allocation
from mailgate.config.settings import ProviderName
from store.billing import charges, offers
from store.billing.charges import Charge, State
from store.billing.disputes import Dispute
from store.billing.disputes import State as DisputeState
from store.billing.disputes import add as add_dispute
from store.engine import reading, transaction
from store.schema import offers as offer_rows
from store.schema import payment_methods, payments
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person
from tests.servers.provider import KEY, ProviderDouble
from tests.webview.reading import row_of, words_of
from tests.webview.web import Web, links_of, running_web


@pytest.fixture
def gate(begin: BeginGate, provider: ProviderDouble, tmp_path: Path) -> Gate:
    """A gate whose company takes cards."""
    key = tmp_path / "key"
    key.write_text(KEY)
    stripe = {"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": provider.url}
    gate = begin(payments=stripe)
    provider.set_clock(gate.now)
    return gate


@pytest.fixture
def money(gate: Gate) -> Collector:
    """It sells."""
    return Collector.begin(gate)


@pytest.fixture
def anne(money: Collector) -> Person:
    """She owes for a month, due in some days."""
    anne = money.customer("Anne Miller")
    money.sell(1, start_on=money.gate.now.date() + timedelta(days=6))
    money.gate.later(minutes=20)
    return anne


@pytest.fixture
def pages(gate: Gate, anne: Person) -> Iterator[Web]:
    """What they look at."""
    with running_web(gate) as web:
        yield web


def gives_a_card(gate: Gate, provider: ProviderDouble, person: Person) -> None:
    gate.deliver(person.writes("!card", subject="My card"))
    gate.later(minutes=1)
    with reading(gate.parts.engine) as conn:
        session = offers.listing(conn, customer_id=1, kind="card")[-1].provider_id
    provider.pay_session(str(session))
    gate.later(minutes=10)


def main_links(page: httpx.Response) -> list[str]:
    return links_of(page.text.partition("<main")[2])


def test_an_open_invoice_is_paid_by_link_or_by_transfer_with_its_code_and_a_paid_one_by_neither(
    gate: Gate, anne: Person, pages: Web, provider: ProviderDouble
) -> None:
    browser = pages.signed_in(anne)
    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)

    unpaid = browser.get("/invoices/2026-0001")
    provider.pay_link(offer.url)
    gate.later(minutes=10)
    paid = browser.get("/invoices/2026-0001")

    assert offer.url in main_links(unpaid)
    assert "Pay EUR 11.78 online" in words_of(unpaid)
    assert "How to pay" not in words_of(paid)
    assert offer.url not in paid.text
    assert row_of(paid, "Card").startswith("Card Visa 4242 2 Mar 2026 EUR 11.78")


def test_whoever_has_given_a_card_reads_when_it_is_charged_and_how_to_give_another(
    gate: Gate, anne: Person, pages: Web, provider: ProviderDouble
) -> None:
    browser = pages.signed_in(anne)
    before = browser.get("/credit")
    gives_a_card(gate, provider, anne)

    after, invoice = browser.get("/credit"), words_of(browser.get("/invoices/2026-0001"))
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(payment_methods).values(blocked_because="a chargeback"))
    blocked = words_of(browser.get("/credit"))

    assert "You have given us no card" in words_of(before)
    assert "Visa 4242, good until" in words_of(after)
    assert any(link.startswith("mailto:") and "body=%21card" in link for link in main_links(after))
    assert any("body=%21remove%20card" in link for link in main_links(after))
    assert "we charge your card Visa 4242: there is nothing for you to do" in invoice
    assert "Visa 4242: it was blocked, and is not charged" in blocked


def test_credit_is_shown_with_all_that_came_and_went(gate: Gate, money: Collector, anne: Person, pages: Web) -> None:
    money.pay("2026-0001", 2000)

    words = words_of(pages.signed_in(anne).get("/credit"))

    assert "You have EUR 8.22 with us" in words
    assert "More was paid than was due Transfer 2 Mar 2026 EUR 8.22" in words


def test_what_is_on_its_way_is_not_asked_for_again(gate: Gate, anne: Person, pages: Web) -> None:
    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(offer_rows).where(offer_rows.c.id == offer.id).values(is_under_way=True))

    page = pages.signed_in(anne).get("/invoices/2026-0001")

    assert "A payment is on its way" in words_of(page)
    assert offer.url not in page.text
    assert "IBAN" not in words_of(page)


def test_staff_see_the_queues_of_money_by_as_many_questions_however_long_they_are(
    gate: Gate, money: Collector, anne: Person, pages: Web, provider: ProviderDouble
) -> None:
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gives_a_card(gate, provider, anne)
    browser = pages.signed_in(bart)
    empty, asked_of_none = asked(pages, browser)
    money.pay("2026-0001")
    with transaction(gate.parts.engine) as conn:
        payment = conn.execute(payments.select()).first()
        assert payment is not None
        for number, state in enumerate((State.IN_DOUBT, State.FAILED, State.WANTS_CUSTOMER)):
            ended = None if state is State.IN_DOUBT else gate.now
            code = "" if state is State.IN_DOUBT else "insufficient_funds"
            one = Charge(
                0, 1, "stripe", "EUR", 500 + number, 1, 1, "schedule", state, gate.now, f"pi_{number}", code, ended
            )
            charges.add(conn, one, (Allocation(1, 500),))
        opened = DisputeState.OPEN
        add_dispute(
            conn, Dispute(0, 1, payment.id, "stripe", "dp_1", "EUR", 1178, 1500, opened, "fraudulent", gate.now)
        )

    page, asked_of_some = asked(pages, browser)

    assert words_of(empty).count("There are none.") == 5
    words = words_of(page)
    assert "1 chargebacks" in words
    assert row_of(page, "Anne Miller Visa 4242 · attempt 1 in doubt").endswith("EUR 5.00")
    assert "insufficient_funds its bank wants to see the owner" in words
    assert "insufficient_funds declined" in words
    assert "fraudulent" in words
    assert asked_of_some == asked_of_none


def asked(pages: Web, browser: httpx.Client) -> tuple[httpx.Response, int]:
    """The page of money, and how many questions it puts to the store."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(pages.engine, "before_cursor_execute", counted)
    try:
        page = browser.get("/staff/money")
    finally:
        event.remove(pages.engine, "before_cursor_execute", counted)
    assert page.status_code == 200
    return page, count


def test_the_pages_of_money_are_for_whom_they_are(anne: Person, gate: Gate, pages: Web) -> None:
    bart = gate.staff("Bart Jones", "bart@hosting.example")

    assert pages.signed_in(anne).get("/staff/money").status_code == 404
    assert pages.signed_in(bart).get("/credit").status_code == 404
    assert pages.signed_in(bart).get("/staff/customers/1/credit").status_code == 200
