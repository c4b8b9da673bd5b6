"""Money goes back to its payer, is taken back by his bank, goes on to ours: the provider's books are as ours."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.billing.ledger.transaction import Line
from mailgate.config.settings import ProviderName
from mailgate.flows.billing.back import refund_by_hand
from mailgate.flows.billing.service import ending
from mailgate.letters.kind import Template
from store import people
from store.billing import disputes, ledger, offers, refunds, services
from store.billing.disputes import Dispute
from store.billing.refunds import Refund
from store.engine import reading, transaction
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person
from tests.scenarios.billed import plain
from tests.servers.provider import KEY, ProviderDouble

BART = Person("Bart Jones", "bart@hosting.example")


@pytest.fixture
def gate(begin: BeginGate, provider: ProviderDouble, tmp_path: Path) -> Gate:
    """A gate whose company takes cards, and where Bart works."""
    key = tmp_path / "key"
    key.write_text(KEY)
    gate = begin(payments={"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": provider.url})
    with transaction(gate.parts.engine) as conn:
        people.add_staff(conn, BART.name, BART.address, now=gate.now)
    provider.set_clock(gate.now)
    return gate


@pytest.fixture
def money(gate: Gate) -> Collector:
    """It sells."""
    return Collector.begin(gate)


@pytest.fixture
def anne(money: Collector) -> Person:
    """Customer 1."""
    return money.customer("Anne Miller")


def bought(money: Collector, provider: ProviderDouble) -> str:
    """A service of 11.78 a month that Anne has paid for by its invoice's link: the charge's id."""
    money.sell(1)
    later(money, provider, minutes=20)
    with reading(money.gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    provider.pay_link(offer.url)
    later(money, provider, minutes=70)
    assert money.invoice("2026-0001").open_minor == 0
    return str(provider.calls("payment_intents")[-1]["path"].rsplit("/", 1)[-1])


def later(money: Collector, provider: ProviderDouble, **passing: int) -> None:
    """Time passes here and there, and what is due is done."""
    provider.advance(seconds=int(timedelta(**passing).total_seconds()))
    money.gate.now += timedelta(**passing)
    money.look()


def cancel(money: Collector) -> None:
    with money.deal(1) as deal:
        ending.carry_out(deal, ending.end_of(deal, services.get(deal.conn, 1), at_end=False))


def at_stripe(gate: Gate, account: str = "assets:stripe") -> int:
    with reading(gate.parts.engine) as conn:
        return ledger.balances(conn).get(Line(account, None, "EUR"), 0)


def theirs(provider: ProviderDouble) -> int:
    return int(provider.books()["accounts"]["eur"]["balance"])


def back(gate: Gate) -> list[Refund]:
    with reading(gate.parts.engine) as conn:
        return list(refunds.listing(conn))


def dispute_of(gate: Gate) -> Dispute:
    with reading(gate.parts.engine) as conn:
        (found,) = disputes.listing(conn)
    return found


def subjects(gate: Gate, person: Person, start: str) -> list[str]:
    return [one.subject for one in gate.mailbox(person) if one.subject.startswith(start)]


def test_what_is_cancelled_at_once_goes_back_to_the_card_and_its_owner_hears_of_it_once(
    money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    bought(money, provider)

    cancel(money)
    for _ in range(3):
        later(money, provider, minutes=5)

    (one,) = back(money.gate)
    assert (one.way, one.state, one.amount_minor) == ("provider", "succeeded", 1178)
    assert at_stripe(money.gate) == theirs(provider)
    assert at_stripe(money.gate, "liabilities:refunds") == 0
    (mail,) = [one for one in money.gate.mailbox(anne) if one.subject.startswith("Refund of")]
    assert "to Visa 4242" in " ".join(plain(mail).split())


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "500"])
def test_a_refund_whose_answer_is_lost_leaves_once(
    money: Collector, anne: Person, provider: ProviderDouble, kind: str
) -> None:
    bought(money, provider)
    provider.fault("POST /v1/refunds", kind, times=3)

    cancel(money)
    for minutes in (1, 5, 20, 60, 24 * 60):
        later(money, provider, minutes=minutes)

    assert [one.state for one in back(money.gate)] == ["succeeded"]
    assert provider.books()["accounts"]["eur"]["refunded"] == 1178
    assert at_stripe(money.gate) == theirs(provider)


def test_what_comes_back_is_a_task_and_stands_in_the_list_of_each_day_from_the_seventh_on(
    money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    bought(money, provider)
    cancel(money)
    later(money, provider, minutes=5)
    (sent,) = back(money.gate)
    provider.end_refund(str(sent.provider_id), ok=False)

    for _ in range(6):
        later(money, provider, days=1)
    early = subjects(money.gate, BART, "One refund is due soon")
    for _ in range(3):
        later(money, provider, days=1)

    failed, task = back(money.gate)
    assert (failed.state, task.state, task.way) == ("failed", "task", "check-or-transfer")
    assert task.deadline_on == sent.deadline_on
    assert len(subjects(money.gate, BART, "A refund was not sent: EUR\u00a011.78 to Anne Miller")) == 1
    assert early == []
    assert len(subjects(money.gate, BART, "One refund is due soon")) == 3
    assert at_stripe(money.gate) == theirs(provider)

    with money.deal(1) as deal:
        refund_by_hand.record(deal, task, method="check", reference="4711")
    later(money, provider, days=1)

    assert len(subjects(money.gate, BART, "One refund is due soon")) == 3
    assert "a check for" in plain(money.gate.mailbox(anne)[-1])


def test_a_chargeback_opens_the_invoice_and_nobody_is_reminded_until_staff_have_had_a_week(
    money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    intent = bought(money, provider)
    later(money, provider, days=8)
    provider.dispute(intent)
    opened = money.gate.now
    later(money, provider, minutes=10)

    assert money.invoice("2026-0001").open_minor == 1178
    assert at_stripe(money.gate) == theirs(provider)
    assert len(subjects(money.gate, BART, "Chargeback: EUR\u00a011.78 of Anne Miller")) == 1
    money.until(opened + timedelta(days=6))
    reminders = [kind for kind in money.kinds() if kind.startswith(("invoice-reminder", "service-suspend"))]
    money.until(opened + timedelta(days=9))
    after = [kind for kind in money.kinds() if kind.startswith(("invoice-reminder", "service-suspend"))]

    assert reminders == []
    assert len(after) == 1


def test_a_chargeback_that_is_won_pays_the_invoice_again(
    money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    dispute = provider.dispute(bought(money, provider))
    later(money, provider, minutes=10)
    provider.end_dispute(dispute, won=True)

    later(money, provider, minutes=10)

    assert (dispute_of(money.gate).state, money.invoice("2026-0001").open_minor) == ("won", 0)
    assert at_stripe(money.gate) == theirs(provider)


def test_what_is_paid_out_is_at_the_bank(money: Collector, anne: Person, provider: ProviderDouble) -> None:
    bought(money, provider)
    paid = at_stripe(money.gate)
    provider.pay_out()

    later(money, provider, minutes=10)
    later(money, provider, minutes=10)

    assert (at_stripe(money.gate, "assets:bank"), at_stripe(money.gate)) == (paid, 0)
    assert paid > 0
    assert theirs(provider) == 0


def test_a_late_payment_of_what_was_cancelled_becomes_credit_and_its_sender_is_told(
    money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    money.sell(1)
    later(money, provider, minutes=20)
    with reading(money.gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    session = provider.open_link(str(offer.provider_id))
    cancel(money)
    provider.pay_session(session)

    for _ in range(4):
        later(money, provider, minutes=30)

    with reading(money.gate.parts.engine) as conn:
        assert ledger.credit(conn, 1, "EUR") == 1178
    written = [one.notice.template for one in money.gate.outbox() if one.notice.customer_id == 1]
    assert Template.CREDIT_ADDED in written
