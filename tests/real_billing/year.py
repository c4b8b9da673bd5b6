"""A company lives day by day: runs at midnight of each half of the world, customers come, change, pay, and leave.

Everything but the run of the schedule goes by the command line. What customers do is drawn by chance, always the same
for a seed, and kept as `Has`: what they should have, by their own bookkeeping.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mailgate.config import load
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.dunning import falling_due
from mailgate.flows.billing.invoicing import run as running
from mailgate.flows.story.act import Act
from mailgate.wiring import build
from store.engine import transaction
from tests.program import Program
from tests.real_billing.people import Buyer, buyer
from tests.real_billing.shop import DIGITS, MONTHS, SAMPLE, Shop, dearer, with_pounds

BEGIN = date(2025, 1, 1)
HOURS = (time(0, 5), time(11, 5), time(20, 5))
"""When the schedule looks, by UTC."""

WEB = ("web-s", "web-m", "web-l")
OTHERS = ("vps-2", "care", "domain-com", "domain-de", "hour")
ADD_ON = "certificate"

NIGHTLY = (
    (falling_due.credit_falls_due, falling_due.settle_by_credit),
    (falling_due.services_over, falling_due.end_services),
    (falling_due.orders_lapsed, falling_due.drop_orders),
)
"""What the schedule does beside the run: what it finds, and what it does with that."""


@dataclass(frozen=True)
class Terms:
    """On what a service is sold."""

    sku: str
    cycle: str
    options: tuple[tuple[str, int], ...]
    version: int  # of the catalogue
    promotion: str = ""


@dataclass
class Has:
    """A service by its customer's own bookkeeping."""

    id: int
    buyer: Buyer
    started_on: date
    terms: list[Terms]
    rests: list[tuple[date, date | None]] = field(default_factory=list)
    parent: int | None = None
    is_pending: bool = False
    is_over: bool = False
    is_used_up: bool = False  # it ended with what was paid, its own or its plan's


@dataclass
class Life:
    """A company, its customers, and all that happened."""

    program: Program
    seed: int
    buyers: list[Buyer] = field(default_factory=list)
    has: dict[int, Has] = field(default_factory=dict)
    proven: dict[int, date] = field(default_factory=dict)
    bill_days: dict[int, set[int]] = field(default_factory=dict)  # that customers asked for
    versions: list[Shop] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    invoices: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.text = with_pounds(SAMPLE.read_text())
        self.parts = build(load(self.program.config, {}), lambda _job, _row: None)

    def import_(self, text: str) -> None:
        file = self.program.directory / "catalogue.toml"
        file.write_text(text)
        self.program.prints("catalogue", "import", str(file))
        self.versions.append(Shop.read(text))

    def live(self, customers: int, days: int, *, outage: tuple[int, int], told: Callable[[date], None]) -> date:
        """So many days; nobody does anything in the outage, which is given by its first and last. The last day."""
        self.program.prints("catalogue", "import", str(SAMPLE))
        self.import_(self.text)
        day = BEGIN
        for number in range(days):
            day = BEGIN + timedelta(number)
            if outage[0] <= number <= outage[1]:
                continue
            told(day)
            self.night(day, HOURS[0])
            wanted = min(customers, customers * (number + 1) * 3 // days + 1)  # all are there after a third
            while len(self.buyers) < wanted:
                self.come(day)
            if number == days // 2:
                self.reprice(day)
            for _ in range(1 + customers // 40):
                self.act(day)
            self.pay(day)
            for hour in HOURS[1:]:
                self.night(day, hour)
        return day

    def night(self, day: date, hour: time) -> None:
        """What the schedule does at an instant, each account by its own midnight."""
        today = Today(datetime.combine(day, hour, UTC))
        ran = running.run(self.parts.engine, self.parts.settings, today, by="the schedule", expect=None)
        if ran:
            assert not ran.left_out, ran.left_out
            self.invoices += len(ran.invoices)
        with transaction(self.parts.engine) as conn:
            for find, settle in NIGHTLY:
                found = list(find(conn, self.parts.settings, today.now))
                settle(Act.begin(conn, self.parts.settings, today.now), [number for number, _ in found])
                if settle is falling_due.drop_orders:
                    self.lapse([number for number, _ in found])

    def lapse(self, service_ids: Iterable[int]) -> None:
        """These orders were never paid."""
        for number in service_ids:
            self.done["orders lapsed"] += 1
            self.has[number].is_over = True

    def come(self, day: date) -> None:
        """A customer comes and takes something."""
        one = buyer(len(self.buyers) + 1)
        place = one.place
        self.program.prints(
            *("customer", "add", f"Customer {one.id}", f"c{one.id}@customer.example", "--country", place.country),
            *("--currency", place.currency, "--timezone", place.zone),
        )
        if place.region:
            self.program.prints("customer", "edit", str(one.id), "--region", place.region)
        if one.is_business:
            self.program.prints("customer", "edit", str(one.id), "--vat-id", place.vat_id)
            words = ("customer", "proof", str(one.id), "--vat-id", place.vat_id, "--number", "1", "--on", str(day))
            self.program.prints(*words)
            self.proven[one.id] = day
        self.buyers.append(one)
        self.take(one, self.chance.choice(WEB), day)

    def take(self, one: Buyer, sku: str, day: date) -> None:
        """A customer takes a product; the start may lie some days ahead."""
        cycles = self.versions[-1].cycles(sku, one.place.currency)
        cycle = cycles[0] if self.chance.random() < 0.75 else self.chance.choice(cycles)
        start = day + timedelta(self.chance.choice((0, 0, 0, 1, 5, 20)))
        options = (("mailboxes", 60), ("domains", 2)) if sku == "web-m" and self.chance.random() < 0.5 else ()
        promotion = self.code(sku)
        is_pending = self.chance.random() < 0.2
        made = self.do(
            *("service", "add", "--customer", str(one.id), "--sku", sku, "--cycle", cycle),
            *("--start", str(start), "--on", str(day)),
            *(word for name, count in options for word in ("--option", f"{name}={count}")),
            *(("--promotion", promotion.lower()) if promotion else ()),
            *(("--pending",) if is_pending else ()),
        )
        if made:
            self.done[f"sold with {promotion or 'no promotion'}"] += 1
            terms = Terms(sku, cycle, options, len(self.versions) - 1, promotion)
            self.has[made["id"]] = Has(made["id"], one, start, [terms], is_pending=is_pending)
            self.done["orders"] += is_pending

    def add_on(self, one: Has, day: date) -> None:
        """Something that belongs to a plan."""
        words = ("--sku", ADD_ON, "--cycle", "yearly", "--parent", str(one.id), "--on", str(day))
        made = self.do("service", "add", "--customer", str(one.buyer.id), *words)
        if made:
            terms = Terms(ADD_ON, "yearly", (), len(self.versions) - 1)
            self.has[made["id"]] = Has(made["id"], one.buyer, day, [terms], parent=one.id)
            self.done["add-ons"] += 1

    def code(self, sku: str) -> str:
        """Some have heard of a promotion; now and then it is not for what they want."""
        return self.chance.choice(("", "", "SPRING", "FRIENDS")) if sku in WEB else ""

    def act(self, day: date) -> None:
        """Somebody does something."""
        here = [one for one in self.has.values() if not one.is_over and one.started_on <= day]
        if not here:
            return
        one = self.chance.choice(here)
        acts: tuple[tuple[int, Callable[[], object]], ...] = (
            (5, lambda: self.take(one.buyer, self.chance.choice((*WEB, *OTHERS)), day)),
            (5, lambda: self.change(one, day)),
            (2, lambda: self.rest(one, day)),
            (3, lambda: self.come_back(day)),
            (1, lambda: self.end(one, day, "--now")),
            (1, lambda: self.end(one, day, "--at-end")),
            (1, lambda: self.do("credit", "add", str(one.buyer.id), "5", "--reason", "an outage", "--on", str(day))),
            (3, lambda: self.add_on(self.chance.choice([a for a in here if a.terms[-1].sku in WEB] or [one]), day)),
            (2, lambda: self.provision(day)),
            (2, lambda: self.take_back(day)),
            (1, lambda: self.move_bill_day(one.buyer, day)),
            (1, lambda: self.undo(day)),
            (3, lambda: self.give_back(one, day)),
        )
        (chosen,) = self.chance.choices([act for _, act in acts], [often for often, _ in acts])
        chosen()

    def change(self, one: Has, day: date) -> None:
        last = one.terms[-1]
        if last.sku not in WEB:
            return
        sku = self.chance.choice(WEB)
        if last.sku == sku == "web-m":
            options: tuple[tuple[str, int], ...] = (("mailboxes", self.chance.choice((50, 60, 70))), ("domains", 1))
        else:
            options = ()
        cycles = self.versions[-1].cycles(sku, one.buyer.place.currency)
        cycle = last.cycle if last.cycle in cycles and self.chance.random() < 0.7 else self.chance.choice(cycles)
        quoted = self.do(*self._change(one, sku, cycle, options), "--quote", "--on", str(day))
        made = self.do(*self._change(one, sku, cycle, options), "--on", str(day))
        if made is None:
            return
        assert quoted is not None
        assert [quoted[key] for key in ("legs", "net_minor", "tax_minor")] == [
            made[key] for key in ("legs", "net_minor", "tax_minor")
        ]
        covered = self.versions[0].promotion(last.promotion)["products"] if last.promotion else ()
        promotion = last.promotion if sku in covered else ""
        kept = options or (last.options if sku == last.sku else ())
        # Another plan is one of now; who keeps his plan may keep the version that he has, too.
        for version in range(len(self.versions)) if sku == last.sku else [len(self.versions) - 1]:
            one.terms.append(Terms(sku, cycle, kept, version, promotion))

    def _change(self, one: Has, sku: str, cycle: str, options: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
        chosen = (word for name, count in options for word in ("--option", f"{name}={count}"))
        return ("service", "change", str(one.id), "--sku", sku, "--cycle", cycle, "--force", *chosen)

    def rest(self, one: Has, day: date) -> None:
        if self.do("service", "suspend", str(one.id), "--reason", "it rests", "--on", str(day)):
            one.rests.append((day, None))

    def come_back(self, day: date) -> None:
        resting = [one for one in self.has.values() if not one.is_over and one.rests and one.rests[-1][1] is None]
        if resting:
            one = self.chance.choice(resting)
            if self.do("service", "restore", str(one.id), "--on", str(day)):
                one.rests[-1] = (one.rests[-1][0], day)

    def end(self, one: Has, day: date, how: str) -> None:
        made = self.do("service", "cancel", str(one.id), how, "--on", str(day))
        if made:
            for ended in (one, *(other for other in self.has.values() if other.parent == one.id)):
                ended.is_used_up = ended.is_used_up or made["state"] != "cancelled"
                ended.is_over = True

    def provision(self, day: date) -> None:
        """Something that was ordered is there, whether it was paid or not; other orders are left to lapse."""
        waiting = [one for one in self.has.values() if one.is_pending and not one.is_over and one.id % 3]
        if waiting:
            one = self.chance.choice(waiting)
            if one.started_on <= day and self.do("service", "activate", str(one.id)):
                one.is_pending = False

    def give_back(self, one: Has, day: date) -> None:
        """A part of an invoice, small or large, or all of it."""
        found = self.program.ask("invoice", "list", "--customer", str(one.buyer.id))
        found = [row for row in found if row["total_minor"]]
        if found:
            row = self.chance.choice(found)
            minor = self.chance.choice((1, 3, row["total_minor"] // 3, row["total_minor"] * 4 // 5, row["total_minor"]))
            amount = major(max(minor, 1), row["currency"])
            self.do("invoice", "credit", row["number"], amount, "--reason", "a slow day", "--on", str(day))

    def take_back(self, day: date) -> None:
        """A whole invoice of the last weeks."""
        found = self.program.ask("invoice", "list", "--state", "issued")
        if found:
            words = ("--bill-again",) if self.chance.random() < 0.7 else ()
            self.do("invoice", "void", self.chance.choice(found[-20:])["number"], *words, "--on", str(day))

    def undo(self, day: date) -> None:
        """The last run, as long as nobody has paid."""
        found = [one for one in self.program.ask("bill", "list") if one["state"] == "done" and one["invoices"]]
        if found:
            undone = self.do("bill", "undo", str(max(one["id"] for one in found)), "--at", str(day))
            self.done["bill undo, invoices"] += len(undone["credit_notes"]) if undone else 0

    def move_bill_day(self, one: Buyer, day: date) -> None:
        """Somebody is paid on another day."""
        bill_day = self.chance.choice((1, 10, 15, 28, 31))
        if self.do("customer", "edit", str(one.id), "--bill-day", str(bill_day)):
            self.bill_days.setdefault(one.id, set()).add(bill_day)

    def pay(self, day: date) -> None:
        """Most invoices are paid some days after they are due, some in two parts, some with too much."""
        for one in self.program.ask("invoice", "list", "--state", "issued"):
            if (
                date.fromisoformat(one["due_on"]) + timedelta(self.chance.randrange(0, 9)) > day
                or hash_of(one) % 11 == 0
            ):
                continue
            share = self.chance.choice((1, 1, 1, 1, 2))
            minor = one["open_minor"] // share + self.chance.choice((0, 0, 0, 0, 1))
            if minor:
                amount = major(minor, one["currency"])
                reference = f"{day}-{one['number']}"
                words = ("--method", "transfer", "--reference", reference, "--on", str(day))
                self.do("payment", "record", one["number"], amount, *words)

    def reprice(self, day: date) -> None:
        """Web M becomes dearer, for those who have it too."""
        self.import_(dearer(self.text))
        moved = self.program.ask("catalogue", "reprice", "web-m", "--from", str(day + timedelta(10)))
        assert not moved["left_alone"]
        for row in moved["moved"]:
            one = self.has[row["service"]]
            one.terms.append(replace(one.terms[-1], version=len(self.versions) - 1))

    def do(self, *words: str) -> Any:
        """One command. None: it was refused, by its rules and not by a fault."""
        done = self.program.run(*words, "--json")
        if done.exit_code == 0:
            self.done[" ".join(words[:2])] += 1

            return json.loads(done.stdout)
        assert done.exit_code == 65, (words, done.stderr, done.exception)
        self.done[f"refused: {' '.join(words[:2])}"] += 1
        return None


def major(minor: int, currency: str) -> str:
    """An amount as somebody types it."""
    digits = DIGITS[currency]
    text = str(minor).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


def hash_of(one: Any) -> int:
    """Always the same for an invoice."""
    return sum(map(ord, one["number"]))


def months(terms: Terms) -> int:
    """Of a cycle."""
    return MONTHS[terms.cycle]
