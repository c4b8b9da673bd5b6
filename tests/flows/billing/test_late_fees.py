"""What the provider keeps of a payment is booked once, however late it is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailgate.flows.billing.provider.provider_lists import ListReader
from mailgate.payments.provider import OfferKind
from store.billing import payments, provider_looks
from store.billing.provider_looks import PAYOUTS
from store.engine import reading, transaction
from tests.flows.billing.linking import Window
from tests.flows.billing.trade import Trade
from tests.servers.provider import ProviderDouble

ON = "2026-03-02"
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A company that takes payments by link, from a provider who does not know at once what they cost."""

    window: Window
    double: ProviderDouble

    def paid(self, anne: int, card: str = "pm_card_visa") -> int:
        """An invoice of Anne's is paid by its link: what is looked at is booked. Returns its total."""
        invoice = self.window.sell(anne, on=ON)
        self.window.work()
        offer = next(one for one in self.window.offers(anne) if one.state == "open")
        self.double.pay_link(str(offer.provider_id), card)
        self.window.work(after=HOUR)
        return invoice.total_minor

    def read(self, *, after: timedelta = HOUR) -> None:
        """Time passes, and the list of payouts is read, as it is all the while."""
        window = self.window
        window.now += after
        with transaction(window.trade.engine) as conn:
            provider_looks.take_up(conn, [PAYOUTS], now=window.now - HOUR)
        ListReader(window.trade.engine, window.trade.settings, window.stripe, window.fail_point)(PAYOUTS, window.now)

    @property
    def fees(self) -> int:
        """That are in our books."""
        return self.window.trade.balance("expenses:fees")

    def asked_at(self) -> list[datetime | None]:
        """When the provider is asked next, of each payment."""
        with reading(self.window.trade.engine) as conn:
            return [one.fee_due_at for one in payments.listing(conn)]

    def assert_books_agree(self) -> None:
        """What the provider has for us is in both books the same."""
        found = self.double.books()["accounts"]["eur"]
        assert (self.fees, self.window.trade.balance("assets:stripe")) == (found["fees"], found["balance"])


@pytest.fixture
def desk(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Desk:
    provider.fees(known=False)
    return Desk(Window.open(trade, provider, tmp_path, on=ON), provider)


def test_a_fee_that_is_known_days_later_is_booked_then_and_once(desk: Desk, anne: int) -> None:
    total = desk.paid(anne)
    desk.read()
    before = desk.fees, desk.window.trade.balance("assets:stripe")

    desk.double.fees(known=True)
    for days in (1, 2, 3):
        desk.read(after=timedelta(days=days))

    assert before == (0, total)
    assert desk.fees > 0
    assert desk.asked_at() == [None]
    desk.assert_books_agree()


def test_a_bank_debit_that_settles_has_its_fee_booked_when_it_is_known(desk: Desk, anne: int) -> None:
    desk.paid(anne, "pm_sepa_debit")
    desk.read()
    (offer,) = desk.window.offers(anne)
    (session,) = desk.double.client.v1.checkout.sessions.list({"payment_link": str(offer.provider_id)}).data
    desk.double.settle(str(session.payment_intent))
    desk.window.work(after=timedelta(days=3))
    paid = desk.window.trade.balance("assets:stripe"), desk.fees

    desk.double.fees(known=True)
    for _ in range(2):
        desk.read(after=timedelta(days=1))

    assert paid == (offer.amount_minor, 0)
    desk.assert_books_agree()


def test_money_paid_in_advance_has_its_fee_booked_as_well(desk: Desk, anne: int) -> None:
    offer = desk.window.ask(anne, OfferKind.DEPOSIT, 5000)
    desk.double.pay_session(str(offer.provider_id))
    desk.window.work(after=HOUR)
    before = desk.fees

    desk.double.fees(known=True)
    desk.read()

    assert (before, desk.window.credit(anne)) == (0, 5000)
    desk.assert_books_agree()


def test_what_is_known_at_the_first_look_is_asked_for_no_more(desk: Desk, anne: int) -> None:
    desk.double.fees(known=True)
    desk.paid(anne)
    looks = len(desk.double.calls("GET /v1/payment_intents"))

    desk.read(after=timedelta(days=2))

    assert desk.asked_at() == [None]
    assert len(desk.double.calls("GET /v1/payment_intents")) == looks
    desk.assert_books_agree()


def test_it_is_asked_for_ever_less_often_and_after_two_months_no_more(desk: Desk, anne: int) -> None:
    desk.paid(anne)
    gaps = []
    for _ in range(9):
        desk.read()
        (again_at,) = desk.asked_at()
        assert again_at is not None
        gaps.append(again_at - desk.window.now)
        desk.window.now = again_at - HOUR

    desk.read(after=timedelta(days=61))
    desk.read()

    assert gaps == sorted(gaps)
    assert gaps[-1] == timedelta(days=1)
    assert desk.asked_at() == [None]
    assert desk.fees == 0


@pytest.mark.parametrize("point", ["fee.seen", "fee.written", "provider.before-cursor"])
def test_whoever_dies_on_the_way_books_it_once(desk: Desk, anne: int, point: str) -> None:
    desk.paid(anne)
    desk.double.fees(known=True)

    def die(name: str) -> None:
        if name == point:
            raise Died

    desk.window.fail_point = die
    with pytest.raises(Died):
        desk.read()
    desk.window.fail_point = lambda _: None
    desk.read()
    desk.read(after=timedelta(days=2))

    desk.assert_books_agree()


def test_a_worker_that_was_thought_dead_books_it_no_second_time(desk: Desk, anne: int) -> None:
    desk.paid(anne)
    desk.double.fees(known=True)
    met: list[str] = []

    def another(name: str) -> None:
        if name == "fee.seen" and not met:
            met.append(name)
            desk.read()

    desk.window.fail_point = another
    desk.read()

    assert met == ["fee.seen"]
    desk.assert_books_agree()


@pytest.mark.parametrize("fault", ["drop_before", "500", "429"])
def test_a_provider_that_fails_is_asked_again(desk: Desk, anne: int, fault: str) -> None:
    desk.paid(anne)
    desk.double.fees(known=True)
    desk.double.fault("GET /v1/payment_intents", fault)

    desk.read()
    before = desk.fees
    desk.read(after=timedelta(days=1))

    assert before == 0
    desk.assert_books_agree()


class Died(BaseException):
    """The process is gone."""
