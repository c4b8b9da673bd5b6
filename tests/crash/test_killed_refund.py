"""The process is killed while money goes back, or while it hears that it came by a link: it moves once, booked once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailgate.billing.ledger.transaction import Line
from mailgate.flows.billing.service import ending
from mailgate.letters.kind import Template
from store.billing import ledger, ledger_verify, offers, refunds
from store.engine import reading, transaction
from store.post import work
from store.schema import payments
from tests.collecting import Collector
from tests.crash.charging import payments_of
from tests.empty_store import STORES, store_of_kind
from tests.gate import BeginGate
from tests.servers.provider import ProviderDouble


@dataclass
class Story:
    """A company, the provider, and a program that is killed."""

    money: Collector
    provider: ProviderDouble
    directory: Path
    store_url: str | None  # None: in the directory

    def look(self, **later: float) -> None:
        """Time passes on both sides, and what is due is done."""
        self.money.gate.now += timedelta(**later)
        self.provider.set_clock(self.money.gate.now)
        self.money.look()

    def link(self) -> str:
        """The one of the only invoice."""
        with reading(self.money.gate.parts.engine) as conn:
            return str(offers.listing(conn, customer_id=1)[0].provider_id)

    def killed_at(self, fatal: str, at: datetime) -> None:
        """It does what is due, and dies there; then it is started again."""
        words = ["tests.crash.dying_charge", str(self.directory), str(self.money.gate.sink.port), self.provider.url]
        done = subprocess.run(
            [sys.executable, "-m", *words, at.isoformat(), fatal, *filter(None, (self.store_url,))], check=False
        )
        assert done.returncode == -signal.SIGKILL
        with transaction(self.money.gate.parts.engine) as conn:
            work.take_over(conn, now=at)

    def assert_agreed(self) -> None:
        """The books are whole, and say what those of the provider say."""
        theirs = self.provider.books()["accounts"]["eur"]
        with reading(self.money.gate.parts.engine) as conn:
            ours = ledger.balances(conn).get(Line("assets:stripe", None, "EUR"), 0)
        assert ours == theirs["balance"]
        assert ledger_verify.verify(self.money.gate.parts.engine, progress=lambda *_: None).faults == ()


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the gate has its store: each kind in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture
def story(begin: BeginGate, store_url: str | None, tmp_path: Path, provider: ProviderDouble) -> Story:
    """Anne has an invoice with a link."""
    money = Collector.begin(begin(payments=payments_of(tmp_path, provider.url)))
    money.customer("Anne")
    found = Story(money, provider, tmp_path, store_url)
    found.look()
    return found


@pytest.mark.parametrize("fatal", ["link.after-look"])
def test_what_came_by_a_link_is_booked_once(story: Story, fatal: str) -> None:
    number = story.money.sell(1)[1].number
    story.look(minutes=1)
    story.provider.pay_link(story.link())
    at = story.money.gate.now + timedelta(hours=1)

    story.killed_at(fatal, at)
    for hours in (1, 2, 48):
        story.look(hours=hours)

    with reading(story.money.gate.parts.engine) as conn:
        assert conn.execute(select(func.count()).select_from(payments)).scalar_one() == 1
    assert story.money.invoice(number).open_minor == 0
    assert story.money.kinds().count("payment-receipt") == 1
    story.assert_agreed()


@pytest.mark.parametrize("fatal", ["refund.lent", "refund.answered", "refund.before-commit", "refund.committed"])
def test_what_goes_back_goes_once(story: Story, fatal: str) -> None:
    service, invoice = story.money.sell(1)
    story.look(minutes=1)
    story.provider.pay_link(story.link())
    story.look(hours=1)
    assert story.money.invoice(invoice.number).open_minor == 0
    with story.money.deal(1) as deal:
        ending.carry_out(deal, ending.end_of(deal, service, at_end=False))

    story.killed_at(fatal, story.money.gate.now)
    for hours in (1, 2, 48):
        story.look(hours=hours)

    books = story.provider.books()["accounts"]["eur"]
    with reading(story.money.gate.parts.engine) as conn:
        (one,) = refunds.listing(conn)
    assert (one.state.value, one.amount_minor) == ("succeeded", books["refunded"])
    assert 0 < books["refunded"] <= books["charged"]
    assert len(story.money.gate.outbox(Template.REFUND_SENT)) == 1
    story.assert_agreed()
