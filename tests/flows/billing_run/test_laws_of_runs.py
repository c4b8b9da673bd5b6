"""Laws of runs, as a machine that lives in two companies: one is billed day by day, the other now and then.

Both do the same on the same days, in zones all over the earth, in three currencies. Whatever happens, the same days of
the same services are billed for the same amounts, once, and each line is what the customer's own bookkeeping says, by a
path that shares no code (`recomputed`).

Under these conditions one catch-up is the same as a run each day:

- Who does something to a service is billed up to that day before, in both. Days that nobody has billed are lost with a
  suspension, and a late run bills them by another bill day than that of their time.
- What is the same is days, prices and amounts. Due dates, numbers, and which lines stand together on a document differ,
  and so may tax, by its rounding once for each document.
- So what goes by documents is only done where that does not matter: all of what a customer owes is paid, or half of it;
  an end with what is paid comes before any credit was used. A part of one document is given back, and one is written
  off, in other tests (`test_any_order`), for it is another part in each company.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.service import State
from mailgate.config import Settings
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.run import run
from mailgate.flows.billing.money.settle import use_credit
from mailgate.flows.billing.service import states, terms
from mailgate.flows.billing.service.ending import carry_out, end_of
from store.billing import accounts, invoices
from store.engine import connect, reading
from store.schema import billed_periods
from tests.billing.shop import product, tax
from tests.empty_store import STORES, put_empty_store, store_of_kind
from tests.flows.billing.trade import Trade
from tests.flows.billing_run.recomputed import Had, Piece, Said, Terms, first_bill_day, totals
from tests.flows.billing_run.shop import SELLER, Shop
from tests.flows.billing_run.test_side_by_side import Died, dying

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
MAILBOXES = {"EUR": 200, "JPY": 310, "KWD": 650}
"""Ten more by the month, in minor units; ten are included."""


@dataclass(frozen=True)
class Sort:
    """Something that is sold, with its prices in minor units by cycle."""

    prices: dict[str, dict[str, int]]
    kind: str = "hosting"
    upgrades: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    rate: str = "19"
    is_gross: bool = False
    lead: int = 10
    setup: dict[str, int] = field(default_factory=dict)


SORTS = {
    "web": Sort(
        {
            "monthly": {"EUR": 990, "JPY": 1490, "KWD": 3255},
            "quarterly": {"EUR": 2801, "JPY": 4303, "KWD": 9505},
            "yearly": {"EUR": 9907, "JPY": 14_901, "KWD": 32_555},
        },
        upgrades=("big", "brutto"),
    ),
    "big": Sort(
        {"monthly": {"EUR": 2490, "JPY": 3703, "KWD": 7955}, "yearly": {"EUR": 24_001, "JPY": 37_001, "KWD": 79_555}},
        upgrades=("web",),
    ),
    "brutto": Sort({"monthly": {"EUR": 1199, "JPY": 1777, "KWD": 3999}}, upgrades=("web",), is_gross=True),
    "free": Sort({"monthly": {"EUR": 0, "JPY": 0, "KWD": 0}}, upgrades=("web",)),
    "early": Sort(
        {"monthly": {"EUR": 511, "JPY": 700, "KWD": 1505}},
        lines=("lead_days = { monthly = 20 }", 'tax_class = "low"'),
        rate="7",
        lead=20,
    ),
    "begun": Sort({"monthly": {"EUR": 799, "JPY": 1100, "KWD": 2505}}, setup={"EUR": 500, "JPY": 750, "KWD": 1505}),
    "site": Sort({"yearly": {"EUR": 1200, "JPY": 1900, "KWD": 4105}}, kind="domain"),
    "shield": Sort(
        {"monthly": {"EUR": 301, "JPY": 455, "KWD": 995}, "yearly": {"EUR": 3650, "JPY": 5501, "KWD": 11_505}},
        kind="add-on",
    ),
}
PLANS = ("web", "big", "brutto", "free")
SOME_DAYS = st.sampled_from([0, 0, 1, 4, 11, 19])
"""That pass before somebody does something."""

ZONES = ("Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin", "America/Havana", "Pacific/Pago_Pago")
BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
"""The first that come have a bill day that February lacks."""


def major(minor: int, currency: str) -> str:
    """As a catalogue has it."""
    digits = DIGITS[currency]
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}}" if digits else str(minor)


def priced(by_cycle: dict[str, dict[str, int]], key: str = "prices") -> str:
    """Prices as TOML."""
    found = []
    for code in DIGITS:
        amounts = ", ".join(f'{cycle} = "{major(of[code], code)}"' for cycle, of in by_cycle.items())
        found.append(f"{code} = {{ {amounts} }}")
    return f"{key} = {{ {', '.join(found)} }}"


def catalogue() -> str:
    """All of it as text."""
    found = []
    for sku, sort in SORTS.items():
        more = list(sort.lines)
        if sort.upgrades:
            more.append(f"upgrades = {list(sort.upgrades)}".replace("'", '"'))
        if sku in PLANS:
            more.append('addons = ["shield"]')
        if sort.is_gross:
            more.append("tax_included = true")
        if sort.setup:
            more.append(priced({"monthly": sort.setup}, "setup"))
        found.append(product(sku, *more, kind=sort.kind, name=sku.title(), prices=priced(sort.prices)))
        if sku == "web":
            steps = {cycle: {code: MAILBOXES[code] * months for code in DIGITS} for cycle, months in MONTHS.items()}
            found[-1] += "\n".join(
                (
                    "[[product.option]]",
                    'name = "mailboxes"',
                    "included = 10",
                    "step = 10",
                    "most = 50",
                    priced(steps),
                    "",
                )
            )
    return "\n".join((*found, tax("DE", "19"), tax("DE", "7", 'class = "low"')))


def terms_of(sku: str, cycle: str, currency: str, mailboxes: int = 10) -> Terms:
    """What is agreed when somebody takes this."""
    sort, months = SORTS[sku], MONTHS[cycle]
    price = sort.prices[cycle][currency] + (mailboxes - 10) // 10 * MAILBOXES[currency] * months
    is_aligned = sort.kind == "hosting" and price > 0
    return Terms(sku, price, months, sort.rate, sort.is_gross, is_aligned, sort.lead)


@dataclass
class Customer:
    """One, by its own bookkeeping."""

    id: int
    zone: str
    currency: str
    bill_day: int | None = None
    has_moved: bool = False  # to another bill day
    had_credit: bool = False


Change = tuple[str, str, int]  # sku, cycle, mailboxes


class TwoCompanies(RuleBasedStateMachine):
    """The same life, billed in two ways."""

    def __init__(self, begun: Callable[[], Shop]) -> None:
        super().__init__()
        self.daily, self.late = begun(), begun()
        self.now = BEGIN
        self.customers: list[Customer] = []
        self.has: dict[int, Had] = {}
        self.payments = 0
        for zone, currency, skus in (
            ("Europe/Berlin", "EUR", ("web", "shield", "early")),
            ("Pacific/Auckland", "JPY", ("big", "shield", "site")),
        ):
            self.new_customer(zone, currency)
            for which, sku in enumerate(skus):
                parent = self.chosen(0, lambda one: one.customer == self.customers[-1].id) if sku == "shield" else None
                self.sell(self.customers[-1], sku, which, 20, parent=parent, start_on=self.today)
        self.wait(5)
        for one in self.customers:  # their first bill day is the last of February
            self.sell(one, "begun", 0, 10, start_on=self.today)

    @property
    def both(self) -> tuple[Shop, Shop]:
        return self.daily, self.late

    @property
    def today(self) -> date:
        return self.now.date()

    def alive(self, fits: Callable[[Had], bool] = lambda _: True) -> list[Had]:
        """What has not ended and has begun."""
        return [one for one in self.has.values() if not one.is_over and one.started_on <= self.today and fits(one)]

    def chosen(self, which: int, fits: Callable[[Had], bool] = lambda _: True) -> Had | None:
        """One of them, or none."""
        found = self.alive(fits)
        return found[which % len(found)] if found else None

    # Time

    @rule(days=st.integers(1, 45), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        """And nothing else happens."""
        self.live(days, hours)

    def live(self, days: int, hours: int) -> None:
        """The one company bills each day, at any hour; the other does not."""
        begin = self.now
        for day in range(1, days + 1):
            self.daily.run_at(begin + timedelta(days=day, hours=hours - 12))
            self.night(self.daily, begin.date() + timedelta(days=day))
        self.now = (begin + timedelta(days=days)).replace(hour=12)
        if hours > 12:
            self.now += timedelta(days=1)

    def night(self, shop: Shop, on: date) -> None:
        """What has had its last day is over, and credit settles what is due."""
        for one in self.customers:
            with shop.deal(one.id, on) as deal:
                states.end_what_is_over(deal)
                use_credit(deal)

    def wait(self, days: int) -> None:
        """Until an act, before which both are billed."""
        if days:
            self.live(days, 12)
        self.catch_up()

    @rule(times=st.integers(1, 3))
    def bill(self, times: int) -> None:
        """The other bills as well, once or several times: then both have billed the same."""
        for _ in range(times - 1):
            self.late.run_at(self.now)
        self.catch_up()

    @rule()
    def bill_at_once(self) -> None:
        """Two processes bill at once."""
        url = self.late.engine.url.render_as_string(hide_password=False)

        def run_one(_: int) -> None:
            engine = connect(url)
            try:
                run(engine, self.late.settings, Today(self.now), by="Bart")
            finally:
                engine.dispose()

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(run_one, range(2)))
        self.catch_up()

    @rule(at=st.integers(1, 40))
    def die(self, at: int) -> None:
        """A run ends before any of its statements, and the next one goes on."""
        with dying(self.late.engine, at), suppress(Died):
            self.late.run_at(self.now)
        self.catch_up()

    def catch_up(self) -> None:
        """Both are billed up to now; what that has come to is looked through."""
        for shop in self.both:
            shop.run_at(self.now)
            assert shop.run_at(self.now) is None
            self.night(shop, self.today)
        for one in self.has.values():
            if one.cancel_on is not None and one.cancel_on <= self.today:
                one.is_over = True
        self.look(is_caught_up=True)

    # Customers and money

    @precondition(lambda self: len(self.customers) < 4)
    @rule(zone=st.sampled_from(ZONES), currency=st.sampled_from(sorted(DIGITS)))
    def another_customer(self, zone: str, currency: str) -> None:
        """There are a few."""
        self.new_customer(zone, currency)

    def new_customer(self, zone: str, currency: str) -> None:
        (number, _) = (shop.customer(zone=zone, currency=currency) for shop in self.both)
        self.customers.append(Customer(number, zone, currency))

    @rule(after=SOME_DAYS, whose=st.integers(0, 3), bill_day=st.sampled_from([1, 14, 28, 29, 30, 31]))
    def move_bill_day(self, after: int, whose: int, bill_day: int) -> None:
        """Somebody is paid on another day."""
        self.wait(after)
        one = self.customers[whose % len(self.customers)]
        for shop in self.both:
            with shop.deal(one.id, self.today) as deal:
                before = deal.payer.account
                accounts.edit(deal.conn, replace(before, bill_day=bill_day))
            with shop.deal(one.id, self.today) as deal:
                states.after_edit(deal, before)
        if bill_day != one.bill_day:
            for had in self.has.values():
                if had.customer == one.id and had.terms.is_aligned and not had.is_over:
                    had.move_bill_day(bill_day)
        one.bill_day, one.has_moved = bill_day, True
        self.look()

    @rule(after=SOME_DAYS, whose=st.integers(0, 3), share=st.sampled_from([1, 1, 2]), more=st.sampled_from([0, 0, 777]))
    def pay(self, after: int, whose: int, share: int, more: int) -> None:
        """All that somebody owes is paid, or half of each invoice, or more."""
        self.wait(after)
        one = self.customers[whose % len(self.customers)]
        self.paid(one, share, more)
        self.look()

    def paid(self, one: Customer, share: int = 1, more: int = 0) -> None:
        for shop in self.both:
            with reading(shop.engine) as conn:
                is_open = invoices.open_of(conn, one.id)
            for invoice in is_open:
                self.payments += 1
                excess = more if invoice is is_open[-1] else 0  # it would settle the others
                amount = max(1, invoice.open_minor // share) + excess
                shop.pay(invoice.number, amount, self.today, reference=str(self.payments))
            one.had_credit |= bool(is_open and more)
        for had in self.has.values():
            if had.customer == one.id and share == 1:
                had.pieces = [replace(piece, is_paid=True) for piece in had.pieces]

    @rule(after=SOME_DAYS, whose=st.integers(0, 3), minor=st.integers(1, 3000))
    def give(self, after: int, whose: int, minor: int) -> None:
        """Credit for which nobody has paid."""
        self.wait(after)
        one = self.customers[whose % len(self.customers)]
        one.had_credit = True
        for shop in self.both:
            shop.give(one.id, minor, self.today, currency=one.currency)

    @rule(after=SOME_DAYS)
    def take_back_and_bill_again(self, after: int) -> None:
        """The one company takes its last invoice back, and bills it anew: that is as if nothing had been."""
        self.wait(after)
        moved = {one.id for one in self.customers if one.has_moved}
        found = [one for one in self.daily.invoices() if one.run_id and one.customer_id not in moved]
        if not found or found[-1].state is not DocumentState.ISSUED:
            return
        whose = {line.service_id for line in self.daily.lines(found[-1])}
        if any(self.daily.service(one).state is not State.ACTIVE for one in whose if one is not None):
            return
        with self.daily.deal(found[-1].customer_id, self.today) as deal:
            before = invoices.get(deal.conn, found[-1].id)
            with suppress(take_back.CannotTakeBack):
                take_back.void(deal, before, bill_again=True)
                next(one for one in self.customers if one.id == before.customer_id).had_credit = True
        self.catch_up()

    # Services

    @rule(
        after=SOME_DAYS,
        whose=st.integers(0, 3),
        sku=st.sampled_from(sorted(set(SORTS) - {"shield"})),
        how=st.tuples(st.integers(0, 2), st.sampled_from([0, 0, 0, 3, 12]), st.sampled_from([10, 10, 20, 50])),
        is_pending=st.sampled_from([False, False, True]),
    )
    def add(self, after: int, whose: int, sku: str, how: tuple[int, int, int], is_pending: bool) -> None:
        """A service is sold, which may begin some days later."""
        self.wait(after)
        which, later, mailboxes = how
        one = self.customers[whose % len(self.customers)]
        self.sell(one, sku, which, mailboxes, is_pending=is_pending, start_on=self.today + timedelta(days=later))

    @rule(after=SOME_DAYS, plan=st.integers(0, 9), which=st.integers(0, 2))
    def add_on(self, after: int, plan: int, which: int) -> None:
        """Something that belongs to a plan."""
        self.wait(after)
        parent = self.chosen(plan, lambda one: one.terms.sku in PLANS)
        if parent is not None and (parent.cancel_on is None or parent.cancel_on > self.today):
            one = next(one for one in self.customers if one.id == parent.customer)
            self.sell(one, "shield", which, 10, parent=parent, start_on=self.today)

    def sell(
        self,
        one: Customer,
        sku: str,
        which: int,
        mailboxes: int,
        *,
        start_on: date,
        is_pending: bool = False,
        parent: Had | None = None,
    ) -> None:
        sort = SORTS[sku]
        cycle = sorted(sort.prices)[which % len(sort.prices)]
        mailboxes = mailboxes if sku == "web" else 10
        agreed = terms_of(sku, cycle, one.currency, mailboxes)
        made = [
            shop.add(
                one.id, sku, cycle=cycle, on=self.today, start_on=start_on, is_pending=is_pending,
                options={"mailboxes": mailboxes} if sku == "web" else None, parent_id=parent.id if parent else None,
            )
            for shop in self.both
        ]  # fmt: skip
        assert made[0][0] == made[1][0]
        number = made[0][0].id
        bill_day = (one.bill_day or start_on.day) if agreed.is_aligned else start_on.day
        had = Had(
            number, one.id, agreed, start_on, bill_day, first_bill_day(start_on, bill_day), start_on,
            parent=parent.id if parent else None, is_pending=is_pending, setup_minor=sort.setup.get(one.currency, 0),
            cancel_on=parent.cancel_on if parent else None,
        )  # fmt: skip
        if agreed.is_aligned and one.bill_day is None:
            one.bill_day = bill_day
        self.has[number] = had
        said = had.begin(start_on, self.today)
        if had.setup_minor:
            said.append((number, None, None, had.setup_minor))
        self.compare([documents for _, documents in made], said)

    @rule(after=SOME_DAYS, which=st.integers(0, 9))
    def activate(self, after: int, which: int) -> None:
        """What was ordered is provisioned."""
        self.wait(after)
        one = self.chosen(which, lambda one: one.is_pending)
        if one is not None:
            self.do(one, states.activate)
            one.is_pending = False
            self.catch_up()

    @rule(after=SOME_DAYS, which=st.integers(0, 9))
    def suspend(self, after: int, which: int) -> None:
        """It is switched off."""
        self.wait(after)
        one = self.chosen(which, lambda one: not one.is_pending and one.suspended_on is None)
        if one is not None:
            self.do(one, lambda deal, service: states.suspend(deal, service, reason=""))
            one.suspended_on = self.today

    @rule(after=SOME_DAYS, which=st.integers(0, 9))
    def restore(self, after: int, which: int) -> None:
        """And on again."""
        self.wait(after)
        one = self.chosen(which, lambda one: one.suspended_on is not None)
        if one is not None:
            self.do(one, states.restore)
            one.suspended_on, one.through = None, max(one.through, self.today)

    @rule(
        after=SOME_DAYS,
        which=st.integers(0, 9),
        to=st.integers(0, 9),
        mailboxes=st.sampled_from([10, 20, 30]),
        back=st.booleans(),
    )
    def change(self, after: int, which: int, to: int, mailboxes: int, back: bool) -> None:
        """Another plan, cycle or number of mailboxes; now and then there and back on one day, which is nothing."""
        self.wait(after)
        one = self.chosen(which, lambda one: one.terms.sku in ("shield", *PLANS) and self.may_change(one))
        if one is None:
            return
        ways = [one.terms.sku, *SORTS[one.terms.sku].upgrades]
        sku = ways[to % len(ways)]
        cycle = sorted(SORTS[sku].prices)[to % len(SORTS[sku].prices)]
        former = one.terms
        is_same_cycle = MONTHS[cycle] == former.months
        done = self.changed(one, (sku, cycle, mailboxes if sku == "web" else 10))
        way_back = next((word for word, months in MONTHS.items() if months == former.months), "")
        is_way = former.sku != sku and former.sku in SORTS[sku].upgrades and SORTS[former.sku].prices["monthly"]
        if not (back and done and is_same_cycle and is_way):
            return
        currency = next(each for each in self.customers if each.id == one.customer).currency
        if terms_of(former.sku, way_back, currency) == former:
            again = self.changed(one, (former.sku, way_back, 10))
            for first, second in zip(done, again, strict=True):
                assert sum(said[-1] for said in (*said_by(first), *said_by(second))) == 0

    def may_change(self, one: Had) -> bool:
        return not one.is_pending and one.suspended_on is None and one.cancel_on is None

    def changed(self, one: Had, to: Change) -> list[tuple[Done, ...]]:
        """Carry it out in both, as the customer reckons it. Nothing where it is no change."""
        customer = next(each for each in self.customers if each.id == one.customer)
        sku, cycle, mailboxes = to
        agreed = terms_of(sku, cycle, customer.currency, mailboxes)
        if agreed == one.terms:
            return []

        def story(deal: Any, service: Any) -> tuple[Done, ...]:
            options = {"mailboxes": mailboxes} if sku == "web" else None
            quoted = terms.quote_new_terms(deal, service, sku=sku, months=agreed.months, options=options)
            return terms.change(deal, service, *quoted)[1]

        done = self.do(one, story)
        if agreed.months == one.terms.months:
            said = one.change(agreed, self.today)
        else:
            said = one.give_back(self.today)
            one.terms = agreed
            one.bill_day = (customer.bill_day or self.today.day) if agreed.is_aligned else self.today.day
            one.first_on = first_bill_day(self.today, one.bill_day)
            said += one.begin_again(self.today)
        if agreed.is_aligned and customer.bill_day is None:
            customer.bill_day = one.bill_day
        self.compare(done, said)
        customer.had_credit |= any(each.wanted.kind is DocumentKind.CREDIT_NOTE for each in done[0])
        return done

    @rule(after=SOME_DAYS, which=st.integers(0, 9), at_end=st.booleans(), is_paid=st.booleans())
    def cancel(self, after: int, which: int, at_end: bool, is_paid: bool) -> None:
        """It ends, today or with what is paid for, and its add-ons with it."""
        self.wait(after)
        one = self.chosen(which)
        if one is None:
            return
        customer = next(each for each in self.customers if each.id == one.customer)
        ending = [one, *(each for each in self.has.values() if each.parent == one.id and not each.is_over)]
        ends_on = self.today
        if at_end:
            if not self.may_change(one):
                return
            if is_paid or customer.had_credit:
                self.paid(customer)
            ends_on = one.paid_until(self.today)

        def story(deal: Any, service: Any) -> tuple[Done, ...]:
            return carry_out(deal, end_of(deal, service, at_end=at_end))[1]

        done = self.do(one, story)
        said: list[Said] = []
        for each in ending:
            said += self.over(each) if ends_on <= self.today else self.over_later(each, ends_on)
        self.compare(done, said)
        customer.had_credit |= bool(said)

    def over(self, one: Had) -> list[Said]:
        """Its days from today on are given back, or from those of its rest on; all of what nobody ever had."""
        one.is_over = True
        if one.is_pending:
            said = one.give_back(min(self.today, one.started_on))
            return [*said, (one.id, None, None, -one.setup_minor)] if one.setup_minor else said
        if SORTS[one.terms.sku].kind == "domain":
            return []
        return one.give_back(min(self.today, one.suspended_on or self.today))

    def over_later(self, one: Had, ends_on: date) -> list[Said]:
        """What is paid is used up."""
        if one.cancel_on is None or one.cancel_on > ends_on:
            one.cancel_on = ends_on
        return one.give_back(ends_on, [piece for piece in one.pieces if not piece.is_paid])

    def do(self, one: Had, story: Callable[[Any, Any], Any]) -> list[Any]:
        """The same in both."""
        return [shop.act(one.id, self.today, story) for shop in self.both]

    # What must hold

    def compare(self, made: Iterable[tuple[Done, ...]], said: list[Said]) -> None:
        """The documents of an act say what the customer has reckoned."""
        for done in made:
            found = sorted(said_by(done), key=str)
            wanted = sorted((line for line in said if line[-1]), key=str)
            if done:
                assert found == wanted
            else:
                assert sum(line[-1] for line in wanted) == 0
        self.look()

    def look(self, *, is_caught_up: bool = False) -> None:
        """Both have billed the same days, and those that runs have billed are what comes next of each service."""
        rows = [days_of(shop) for shop in self.both]
        assert rows[0] == rows[1]
        by_service: dict[int, list[tuple[Any, ...]]] = {}
        for row in rows[0]:
            by_service.setdefault(row[0], []).append(row[1:])
        for one in self.has.values():
            found = by_service.get(one.id, [])
            while one.is_billed and len(one.pieces) < len(found):
                one.bill()
            one.pieces.sort(key=lambda piece: piece.start)
            assert found == [as_row(piece) for piece in one.pieces], one
            zone = ZoneInfo(next(each.zone for each in self.customers if each.id == one.customer))
            here = self.now.astimezone(zone).date()
            if one.is_billed and is_caught_up:
                assert one.through > here + timedelta(days=one.terms.lead), one

    @invariant()
    def nobody_is_parked(self) -> None:
        """What is left out here would be a fault of ours."""
        for shop in self.both:
            with reading(shop.engine) as conn:
                assert accounts.parked(conn) == {}

    def teardown(self) -> None:
        """At the end, two months later: books, series, periods, and each document once more."""
        self.wait(60)
        for shop in self.both:
            shop.check()
            Trade(shop.engine, shop.settings).assert_whole()
            with reading(shop.engine) as conn:
                issued = [*invoices.listing(conn), *invoices.listing(conn, DocumentKind.CREDIT_NOTE)]
            for document in issued:
                check(shop, document)


def check(shop: Shop, document: invoices.Issued) -> None:
    """Net and tax once more; where it gives back, tax may be rounded otherwise, by one for each invoice it is about."""
    lines = shop.lines(document)
    originals = {line.original_id for line in lines} - {None}
    wanted = list(totals([(line.amount_minor, line.tax_rate, line.inclusive) for line in lines]))
    net, tax_ = sum(one for one, _ in wanted), sum(one for _, one in wanted)
    assert abs(document.tax_minor - tax_) <= len(originals) * len(wanted), document.number
    assert abs(document.net_minor - net) <= len(originals) * len(wanted), document.number
    assert document.due_on >= document.issued_on


def said_by(done: Iterable[Done]) -> Iterator[Said]:
    """The lines of documents; what a credit note says is given back."""
    for one in done:
        sign = -1 if one.wanted.kind is DocumentKind.CREDIT_NOTE else 1
        for charge in one.wanted.charges:
            period = charge.period
            assert charge.service_id is not None
            days = (period.start, period.end) if period else (None, None)
            yield (charge.service_id, *days, sign * charge.amount_minor)


def days_of(shop: Shop) -> list[tuple[Any, ...]]:
    """The billed days of each service: first, day after the last, those of the cycle, and its price."""
    found = billed_periods.c
    columns = found.service_id, found.period_start, found.period_end, found.cycle_start, found.cycle_end
    query = select(*columns, found.price_minor).where(found.released_at.is_(None))
    with reading(shop.engine) as conn:
        return [tuple(row) for row in conn.execute(query.order_by(found.service_id, found.period_start))]


def as_row(piece: Piece) -> tuple[Any, ...]:
    """The same of one that was reckoned."""
    return piece.start, piece.end, piece.begin, piece.over, piece.terms.price_minor


@contextmanager
def shops(kind: str, server: Callable[[], Any]) -> Iterator[Callable[[], Shop]]:
    """Begins companies with a catalogue, each in an empty store of this kind."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="mailgate-laws-")))
        begun: list[Shop] = []

        def begin() -> Shop:
            url = stack.enter_context(store_of_kind(kind, server))
            if url is None:
                database = home / f"{len(begun)}.db"
                put_empty_store(database)
                url = f"sqlite:///{database}"
            shop = Shop(connect(url), replace(Settings(), seller=SELLER))
            stack.callback(shop.engine.dispose)
            shop.import_catalogue(catalogue(), on=date(2026, 1, 1))
            begun.append(shop)
            return shop

        yield begin


LIVES = {"sqlite": 8, "postgresql": 2}


@pytest.mark.parametrize("kind", STORES)
def test_day_by_day_is_one_catch_up_whatever_is_done_meanwhile(kind: str, request: pytest.FixtureRequest) -> None:
    checked: list[int] = []

    class Checked(TwoCompanies):
        def __init__(self) -> None:
            self.opened = shops(kind, lambda: request.getfixturevalue("postgresql"))
            super().__init__(self.opened.__enter__())

        def teardown(self) -> None:
            try:
                super().teardown()
                with reading(self.late.engine) as conn:
                    checked.append(len([*invoices.listing(conn)]))
            finally:
                self.opened.__exit__(None, None, None)

    run_state_machine_as_test(
        Checked,
        settings=settings(
            max_examples=LIVES[kind],
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert any(checked), "no life ended with an invoice to check"
