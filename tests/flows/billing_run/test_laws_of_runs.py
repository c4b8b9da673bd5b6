"""Laws of runs, as a machine that lives in two companies: one is billed day by day, the other now and then.

Both do the same on the same days, in zones all over the earth. Whatever happens, the same days of the same services
are billed for the same amounts, once; an invoice is what a second path makes of it.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from mailgate.billing.service import State
from mailgate.config import Settings
from mailgate.flows.billing.service.states import restore, suspend
from store.billing import accounts
from store.engine import connect, reading
from tests.empty_store import put_empty_store
from tests.flows.billing_run.recomputed import Agreed, totals
from tests.flows.billing_run.shop import SELLER, Shop

PRICES: Mapping[str, tuple[int, int, str, bool]] = {  # sku: price, months, rate, with tax
    "web": (990, 1, "19", False),
    "big": (2490, 1, "19", False),
    "early": (500, 1, "19", False),
    "free": (0, 1, "19", False),
    "site": (1200, 12, "19", False),
    "brutto": (1199, 1, "19", True),
}
ZONES = ("Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin", "America/Havana", "Pacific/Pago_Pago")


def begun(directory: Path) -> Shop:
    """A company in an empty store."""
    directory.mkdir()
    put_empty_store(directory / "mailgate.db")
    shop = Shop(connect(f"sqlite:///{directory / 'mailgate.db'}"), replace(Settings(), seller=SELLER))
    shop.import_catalogue()
    return shop


class TwoCompanies(RuleBasedStateMachine):
    """The same life, billed in two ways. Acts come only when both are billed up to the day: between a suspension and
    a late run the days that were not billed are lost, as they should be.
    """

    sold: ClassVar = Bundle("sold")

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(mkdtemp(prefix="mailgate-laws-"))
        self.daily, self.late = begun(self.home / "daily"), begun(self.home / "late")
        self.now = datetime(2026, 1, 10, 12, tzinfo=UTC)
        self.customers = 0
        self.agreed: dict[int, Agreed] = {}
        for zone in ("Europe/Berlin", "Pacific/Auckland"):
            self.customer(zone)

    def teardown(self) -> None:
        for shop in (self.daily, self.late):
            shop.engine.dispose()
        shutil.rmtree(self.home)

    @property
    def both(self) -> tuple[Shop, Shop]:
        return self.daily, self.late

    @property
    def today(self) -> date:
        return self.now.date()

    def catch_up(self) -> None:
        for shop in self.both:
            shop.run_at(self.now)

    def customer(self, zone: str) -> None:
        """Somebody comes."""
        self.customers += 1
        for shop in self.both:
            shop.customer(zone=zone)

    @precondition(lambda self: self.customers < 4)
    @rule(zone=st.sampled_from(ZONES))
    def another_customer(self, zone: str) -> None:
        """There are a few."""
        self.customer(zone)

    @rule(target=sold, whose=st.integers(0, 3), sku=st.sampled_from(sorted(PRICES)))
    def add(self, whose: int, sku: str) -> Any:
        """A service is sold."""
        self.catch_up()
        cycle = "yearly" if sku == "site" else "monthly"
        made = [shop.add(1 + whose % self.customers, sku, cycle=cycle, on=self.today)[0] for shop in self.both]
        assert made[0] == made[1]
        price, months, rate, is_gross = PRICES[sku]
        self.agreed[made[0].id] = Agreed(price, months, made[0].anchor_on, rate, is_gross)
        return made[0].id

    @rule(service=sold)
    def suspend(self, service: int) -> None:
        """It is switched off."""
        if self.daily.service(service).state is State.ACTIVE:
            self.catch_up()
            for shop in self.both:
                shop.act(service, self.today, lambda deal, one: suspend(deal, one, reason=""))

    @rule(service=sold)
    def restore(self, service: int) -> None:
        """And on again."""
        if self.daily.service(service).state is State.SUSPENDED:
            self.catch_up()
            for shop in self.both:
                shop.act(service, self.today, restore)

    @rule(days=st.integers(1, 45), hours=st.integers(0, 23))
    def live(self, days: int, hours: int) -> None:
        """Time passes. The one company bills each day, at any hour; the other does not."""
        begin = self.now
        for day in range(1, days + 1):
            self.daily.run_at(begin + timedelta(days=day, hours=hours - 12))
        self.now = (begin + timedelta(days=days)).replace(hour=12)
        if hours > 12:
            self.now += timedelta(days=1)
        self.daily.run_at(self.now)

    @rule(times=st.integers(1, 3))
    def bill(self, times: int) -> None:
        """The other bills as well, once or several times: then both have billed the same."""
        self.daily.run_at(self.now)
        for _ in range(times):
            self.late.run_at(self.now)
        assert self.late.billed() == self.daily.billed()

    @invariant()
    def nobody_is_parked(self) -> None:
        """What is left out here would be a fault of ours."""
        for shop in self.both:
            with reading(shop.engine) as conn:
                assert accounts.parked(conn) == {}

    def check(self) -> None:
        """At the end: books, series, periods, and each invoice once more."""
        self.catch_up()
        assert self.late.billed() == self.daily.billed()
        for shop in self.both:
            shop.check()
            for invoice in shop.invoices():
                lines = {
                    at: (self.agreed[line.service_id], line.period_start, line.period_end)
                    for at, line in enumerate(shop.lines(invoice))
                    if line.service_id and line.period_start and line.period_end
                }
                assert (invoice.net_minor, invoice.tax_minor) == totals(lines), invoice.number
                assert invoice.due_on >= invoice.issued_on


class Checked(TwoCompanies):
    """The same, looked through when the story is over."""

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            super().teardown()


Checked.TestCase.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLawsOfRuns = Checked.TestCase
