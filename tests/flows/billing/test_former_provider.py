"""A company leaves its provider: what is under way there is looked at and cancelled, or rests until staff end it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.billing.refund import RefundState
from mailgate.config.settings import Payments, ProviderName
from mailgate.flows.billing.back import refund_by_hand
from mailgate.flows.billing.back.refund_by_hand import NotPossibleNow
from mailgate.flows.billing.provider.charging import Charger
from mailgate.flows.billing.provider.former import NotEnded, end_charge
from mailgate.flows.billing.provider.send_refund import Refunder
from mailgate.jobs import Job
from mailgate.payments.manual import Manual
from mailgate.payments.provider import ChargeState
from mailgate.payments.provider import RefundState as Seen
from store.billing import charges, former, refunds
from store.billing.former import Left
from store.billing.in_flight import in_flight
from store.engine import reading, transaction
from store.post import work
from tests.flows.billing.charging import Counter, at
from tests.flows.billing.linking import Window
from tests.flows.billing.test_refunds import bought
from tests.flows.billing.test_refunds import work as send
from tests.flows.billing.till import Away, Till
from tests.flows.billing.trade import Trade, d, noon
from tests.payments.memory import SLOW
from tests.servers.provider import ProviderDouble, Refused

DAY = timedelta(days=1)
ON = "2026-03-02"


def left(trade: Trade) -> tuple[Left, ...]:
    """With others than the settings name."""
    with reading(trade.engine) as conn:
        return former.left(conn, trade.settings.payments.provider)


def rests(trade: Trade, customer_id: int) -> bool:
    """Money of an account is on its way, as far as it is known: it is asked for none."""
    with reading(trade.engine) as conn:
        return in_flight(conn, [customer_id]) == {customer_id}


# Charges


@dataclass
class Leaving:
    """A counter whose company goes to no provider at all."""

    counter: Counter

    def leave(self, *, keeps_key: bool) -> None:
        """From now on customers send money by themselves; the key may still be named."""
        key = Path("/nonexistent/key") if keeps_key else None
        self.counter.trade.settings = replace(self.counter.trade.settings, payments=Payments(secret_key_file=key))

    def due(self, token: str = "pm_visa") -> str:
        """Bob has a card and an invoice of 11.90 that is due on the first of March."""
        bob = self.counter.trade.customer("Bob")
        self.counter.card(bob, token)
        _, (invoice,) = self.counter.trade.add(bob, "small", on="2026-02-10", start_on=d("2026-03-01"))
        return invoice.number

    def by_hand(self, when: str) -> None:
        """The jobs of charges, where nobody can be asked."""
        trade, now = self.counter.trade, at(when)
        with transaction(trade.engine) as conn:
            found = work.overdue(conn, Job.CHARGE, now=now, limit=99)
            work.take_up(conn, Job.CHARGE, [number for number, _ in found], now=now)
        for number, _ in found:
            Charger(trade.engine, trade.settings, Manual())(number, now)


@pytest.fixture
def leaving(trade: Trade) -> Leaving:
    return Leaving(Counter.begin(trade))


def in_doubt(leaving: Leaving) -> str:
    """A charge of which nobody knows whether money has moved: it has."""
    number = leaving.due()
    leaving.counter.provider.breaks = [("confirm", False)]
    leaving.counter.look("2026-03-01")
    assert leaving.counter.states() == ["in-doubt"]
    return number


def test_with_its_key_a_charge_in_doubt_is_looked_up_and_its_money_is_booked(leaving: Leaving) -> None:
    number = in_doubt(leaving)
    leaving.leave(keeps_key=True)
    before = left(leaving.counter.trade)

    leaving.counter.look("2026-03-01T01:00")

    assert before == (Left("stripe", [1]),)
    assert (leaving.counter.states(), leaving.counter.open(number)) == (["succeeded"], 0)
    assert leaving.counter.at_provider() == 1190
    assert left(leaving.counter.trade) == ()


@pytest.mark.parametrize("place", ["charge.lent", "charge.started", "charge.made"])
def test_with_its_key_what_moves_no_money_yet_is_cancelled_and_nothing_new_is_made(
    leaving: Leaving, place: str
) -> None:
    number = leaving.due()

    def die(name: str) -> None:
        if name == place:
            raise Died

    with pytest.raises(Died):
        replace(leaving.counter, fail_point=die).look("2026-03-01")
    with transaction(leaving.counter.trade.engine) as conn:
        work.take_over(conn, now=at("2026-03-01"))
    leaving.leave(keeps_key=True)
    leaving.counter.look("2026-03-01T01:00")
    leaving.counter.look("2026-03-09")

    assert leaving.counter.states() == ["cancelled"]
    made = [ChargeState.CANCELLED] if place != "charge.lent" else []
    assert [one.state for one in leaving.counter.provider.made.values()] == made
    assert (leaving.counter.provider.moved, leaving.counter.open(number)) == ([], 1190)
    assert not rests(leaving.counter.trade, 1)


@pytest.mark.parametrize("well", [True, False])
def test_with_its_key_what_takes_days_is_watched_until_it_ends(leaving: Leaving, well: bool) -> None:
    number = leaving.due(SLOW)
    leaving.counter.look("2026-03-01")
    leaving.leave(keeps_key=True)

    leaving.counter.look("2026-03-02")
    before = leaving.counter.states()
    leaving.counter.provider.ends("pi_1", well=well)
    leaving.counter.look("2026-03-03")
    leaving.counter.look("2026-03-10")

    assert before == ["processing"]
    assert leaving.counter.states() == ["succeeded" if well else "failed"]
    assert leaving.counter.open(number) == (0 if well else 1190)


def test_without_a_key_what_the_provider_has_never_heard_of_is_over(leaving: Leaving) -> None:
    number = leaving.due()
    leaving.counter.now(1, "2026-02-15", [number])
    leaving.leave(keeps_key=False)

    leaving.by_hand("2026-02-15")

    assert (leaving.counter.states(), leaving.counter.provider.calls) == (["cancelled"], [])
    assert left(leaving.counter.trade) == ()


def test_without_a_key_a_charge_in_doubt_rests_is_named_and_ended_by_staff(leaving: Leaving) -> None:
    number = in_doubt(leaving)
    leaving.leave(keeps_key=False)
    trade = leaving.counter.trade

    for day in range(2, 9):
        leaving.by_hand(f"2026-03-{day:02}T12:00")
    before = leaving.counter.states(), left(trade), rests(trade, 1)
    with trade.deal(1, "2026-03-09") as deal:
        ended = end_charge(deal, leaving.counter.charges()[0], because="the dashboard says 11.90 came", by="Bart")
    trade.pay(number, "11.90", on="2026-03-09")

    assert before == (["in-doubt"], (Left("stripe", [1]),), True)
    assert (ended.state, ended.code) == ("failed", "ended by hand: the dashboard says 11.90 came")
    assert (ended.due_at, left(trade), rests(trade, 1)) == (None, (), False)
    assert leaving.counter.open(number) == 0
    assert len(leaving.counter.charges()) == 1


def test_a_key_that_is_named_again_goes_on_with_what_rested(leaving: Leaving) -> None:
    number = in_doubt(leaving)
    leaving.leave(keeps_key=False)
    leaving.by_hand("2026-03-02T12:00")
    leaving.leave(keeps_key=True)

    leaving.counter.look("2026-03-03")

    assert (leaving.counter.states(), leaving.counter.open(number)) == (["succeeded"], 0)


def test_only_what_nobody_can_ask_about_is_ended_by_hand(leaving: Leaving) -> None:
    in_doubt(leaving)
    trade = leaving.counter.trade

    def end() -> None:
        with trade.deal(1, "2026-03-02") as deal:
            end_charge(deal, leaving.counter.charges()[0], because="no", by="Bart")

    with pytest.raises(NotEnded, match="stripe is asked about charge 1: `mailgate charge retry 1`"):
        end()
    leaving.leave(keeps_key=True)
    with pytest.raises(NotEnded, match="stripe is asked"):
        end()
    leaving.leave(keeps_key=False)
    with transaction(trade.engine) as conn:
        assert charges.lend(conn, [1], now=noon(d("2026-03-02")))
    with pytest.raises(NotEnded, match="in the hands of a worker"):
        end()
    with transaction(trade.engine) as conn:
        work.take_over(conn, now=noon(d("2026-03-02")))
    end()
    with pytest.raises(NotEnded, match="charge 1 is over: failed"):
        end()


# Links


@pytest.fixture
def window(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Window:
    return Window.open(trade, provider, tmp_path, on=ON)


def leave(window: Window, *, keeps_key: bool) -> None:
    """The company takes no more payments by link."""
    payments = replace(window.trade.settings.payments, provider=ProviderName.MANUAL)
    if not keeps_key:
        payments, window.stripe = replace(payments, secret_key_file=None), Manual()
    window.trade.settings = replace(window.trade.settings, payments=payments)


def test_with_its_key_links_are_switched_off_and_no_new_ones_are_made(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    window.work()
    leave(window, keeps_key=True)

    window.sell(anne, on="2026-03-03")
    window.work(after=DAY)
    window.work(after=DAY)

    assert [one.state for one in window.offers(anne)] == ["closed"]
    assert left(window.trade) == ()
    with pytest.raises(Refused):
        window.double.pay_link(str(window.offers(anne)[0].provider_id))


def test_with_its_key_what_was_paid_by_a_link_is_booked(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()
    window.double.pay_link(str(window.offers(anne)[0].provider_id))
    leave(window, keeps_key=True)

    window.work(after=DAY)

    assert window.invoice(invoice.id).state == "paid"
    assert [one.state for one in window.offers(anne)] == ["completed"]


def test_with_its_key_a_link_that_was_wanted_is_never_made(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    leave(window, keeps_key=True)

    window.work()

    assert [one.state for one in window.offers(anne)] == ["failed"]
    assert window.double.calls("POST /v1/payment_links") == []


def test_with_its_key_one_that_may_have_been_made_is_found_and_closed(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    window.double.fault("POST /v1/payment_links", "drop_after")
    window.work()
    leave(window, keeps_key=True)

    for _ in range(3):
        window.work(after=DAY)

    assert [one.state for one in window.offers(anne)] == ["closed"]
    made = [call for call in window.double.calls("POST") if call["path"] == "/v1/payment_links"]
    assert {call["key"] for call in made} == {"offer-1"}


def test_without_a_key_an_open_link_is_offered_to_nobody_named_for_a_month_and_let_be(
    window: Window, anne: int
) -> None:
    window.sell(anne, on=ON)
    window.work()
    leave(window, keeps_key=False)

    window.work(after=DAY)
    first = window.offers(anne)[0].state, left(window.trade)
    for _ in range(35):
        window.work(after=DAY)

    assert first == ("closing", (Left("stripe", (), (), [1]),))
    (offer,) = window.offers(anne)
    assert (offer.state, offer.due_at, offer.why) == ("failed", None, "nobody could ask stripe")
    assert left(window.trade) == ()


def test_without_a_key_money_on_its_way_by_a_link_is_waited_for_and_then_no_more(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    window.work()
    window.double.pay_link(str(window.offers(anne)[0].provider_id), "pm_sepa_debit")
    window.work(after=DAY)
    leave(window, keeps_key=False)

    window.work(after=DAY)
    before = left(window.trade), rests(window.trade, anne)
    for _ in range(70):
        window.work(after=DAY)

    assert before == ((Left("stripe", (), (), [1]),), True)
    assert (left(window.trade), rests(window.trade, anne)) == ((), False)


# Refunds


@pytest.fixture
def till(trade: Trade) -> Till:
    payments = Payments(provider=ProviderName.STRIPE, secret_key_file=Path("/nonexistent/key"))
    trade.settings = replace(trade.settings, payments=payments)
    return Till()


def go(trade: Trade, *, keeps_key: bool) -> None:
    """The company sends nothing by a provider from now on."""
    key = Path("/nonexistent/key") if keeps_key else None
    trade.settings = replace(trade.settings, payments=Payments(secret_key_file=key))


def look(trade: Trade, on: str) -> None:
    """The job of a refund, where nobody can be asked."""
    now = noon(d(on))
    with transaction(trade.engine) as conn:
        found = [number for number, _ in work.overdue(conn, Job.REFUND, now=now, limit=99)]
        work.take_up(conn, Job.REFUND, found, now=now)
    for number in found:
        Refunder(trade.engine, trade.settings, Manual())(number, now)


def stands(trade: Trade, anne: int) -> list[str]:
    return [one.state.value for one in trade.refunds(anne)]


def doubtful(trade: Trade, anne: int, till: Till) -> None:
    """A refund that was sent, and no answer came."""
    bought(trade, anne, till, "11.90")
    till.after = _no_answer
    send(trade, till, "2026-04-10")
    assert stands(trade, anne) == ["in-doubt"]


def _no_answer() -> None:
    raise Away("no answer")


def test_with_its_key_a_refund_that_was_wanted_is_sent_and_one_in_doubt_looked_up(
    trade: Trade, anne: int, till: Till
) -> None:
    doubtful(trade, anne, till)
    go(trade, keeps_key=True)

    send(trade, till, "2026-04-11")

    assert (stands(trade, anne), till.sent_minor) == (["succeeded"], 833)
    assert left(trade) == ()


def test_without_a_key_what_the_provider_has_not_heard_of_is_sent_by_a_person(
    trade: Trade, anne: int, till: Till
) -> None:
    bought(trade, anne, till, "11.90")
    go(trade, keeps_key=False)

    look(trade, "2026-04-11")

    assert stands(trade, anne) == ["task"]
    assert left(trade) == ()


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        (("check", "4711"), ("recorded", -833, 1190, 0)),
        (("stripe", "re_1"), ("recorded", 0, 1190 - 833, 0)),
        (None, ("kept", 0, 1190, 833)),
    ],
    ids=["sent by hand", "sent there", "not sent"],
)
def test_without_a_key_one_in_doubt_is_named_and_ended_by_staff(
    trade: Trade,
    anne: int,
    till: Till,
    end: tuple[str, str] | None,
    ended: tuple[str, int, int, int],
) -> None:
    doubtful(trade, anne, till)
    go(trade, keeps_key=False)
    for day in ("2026-04-11", "2026-04-12", "2026-04-20"):
        look(trade, day)
    before = stands(trade, anne), left(trade)

    with trade.deal(anne, "2026-04-20") as deal:
        (one,) = refunds.listing(deal.conn)
        if end is None:
            refund_by_hand.keep(deal, one)
        else:
            refund_by_hand.record(deal, one, method=end[0], reference=end[1])

    assert before == (["in-doubt"], (Left("stripe", (), [1]),))
    assert left(trade) == ()
    balances = trade.balance("assets:bank"), trade.balance("assets:stripe"), trade.has_credit(anne)
    assert (*stands(trade, anne), *balances) == ended


def test_as_long_as_the_provider_can_be_asked_nobody_ends_a_refund_by_hand(trade: Trade, anne: int, till: Till) -> None:
    doubtful(trade, anne, till)
    go(trade, keeps_key=True)

    with trade.deal(anne, "2026-04-11") as deal, pytest.raises(NotPossibleNow, match="the provider is asked"):
        refund_by_hand.keep(deal, refunds.listing(deal.conn)[0])


@pytest.mark.parametrize(
    ("first", "after"), [(RefundState.SUCCEEDED, "2026-04-12"), (RefundState.PENDING, "2026-05-20")]
)
def test_without_a_key_what_has_left_is_watched_no_more(
    trade: Trade, anne: int, till: Till, first: RefundState, after: str
) -> None:
    bought(trade, anne, till, "11.90")
    till.first_state = SEEN[first]
    send(trade, till, "2026-04-10")
    go(trade, keeps_key=False)

    look(trade, after)

    (one,) = trade.refunds(anne)
    assert (one.state, one.due_at, left(trade)) == (RefundState.SUCCEEDED, None, ())


SEEN: dict[RefundState, Seen] = {RefundState.SUCCEEDED: Seen.SUCCEEDED, RefundState.PENDING: Seen.PENDING}


class Died(BaseException):
    """The process is gone."""
