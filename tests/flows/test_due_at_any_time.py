"""The law of what is due: however often, in whatever order and from how many places it is done, it is done once."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, update

from mailgate.billing.ledger import events
from mailgate.billing.ledger.events import Whose
from mailgate.billing.payment.bank_line import BankLine
from mailgate.billing.payment.keyed import keyed
from mailgate.billing.refund import RefundState
from mailgate.config import Hook, Settings
from mailgate.config.settings import QueueList
from mailgate.flows.billing.bank.importing import import_lines
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.card.cards import CardForgetter
from mailgate.flows.billing.card.charge import Begun, charge_now
from mailgate.flows.billing.dunning import time_given
from mailgate.flows.billing.money.refund import give_back
from mailgate.flows.billing.money.settle import record_payment
from mailgate.flows.billing.provider.charging import Charger
from mailgate.flows.billing.provider.keep_links import LinkKeeper
from mailgate.flows.billing.provider.provider_lists import ListReader
from mailgate.flows.billing.provider.send_refund import Refunder
from mailgate.flows.billing.service.ending import carry_out, end_of
from mailgate.flows.due import DUE, DueItem, DueKind, due, meet, run, sweep
from mailgate.flows.intake.setback import MAX_ATTEMPTS
from mailgate.flows.story import review
from mailgate.flows.story.call_hooks import Happened, call_hooks
from mailgate.hooks import HookEvent
from mailgate.jobs import Enqueue, Job
from mailgate.payments.terms import ByTable
from mailgate.wiring import Parts, build
from store import schema
from store.billing import accounts, cards, einvoice_gaps, invoices, ledger, offers, refunds, runs, statements
from store.billing.bank import FromFile
from store.billing.cards import SavedCard
from store.billing.offers import Offered, OfferStanding
from store.billing.payments import Payment
from store.engine import reading, transaction
from store.post import announcements, work
from tests.flows.billing.charging import with_cards
from tests.flows.billing_run.shop import Shop, noon
from tests.gate import BEGIN, Gate, Person, begin_gate
from tests.payments.memory import Memory

EVENING = BEGIN + timedelta(hours=38)
"""Held mail is to be told of, and a silent customer who was warned has had his time."""

MORNING = BEGIN + timedelta(hours=47, minutes=30)
"""The lists of the day, a warning, the end of a wait, a question without an answer, late mail, and lost jobs."""


A_LITTLE = timedelta(minutes=5)

RULES = {"undo_seconds": 0, "queue_list": QueueList.DAILY, "first_answer_hours": 2}


class Died(BaseException):
    """The process is gone: nothing catches it, and what was not committed never happened."""


@dataclass(frozen=True)
class Step:
    """What one of two programs does: look, do one of the things that it saw then, or a whole sweep or run."""

    does: str
    place: int
    which: int
    dies_at: int | None  # the statement before which it ends


@dataclass
class Store:
    """A copy of the store at an instant, two programs that work on it, and what each saw when it last looked."""

    parts: Parts
    now: datetime
    provider: Memory = field(default_factory=Memory)
    seen: dict[int, tuple[DueItem, ...]] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.parts.engine

    def take(self, step: Step) -> None:
        """A step. Whoever dies is started again, and takes over what he had in hand."""
        with suppress(Died), dying(self.engine, step.dies_at):
            if step.does == "look":
                with reading(self.engine) as conn:
                    self.seen[step.place] = due(conn, settings=self.parts.settings, at=self.now)
            elif step.does == "meet" and (items := self.seen.get(step.place)):
                self._do(items[step.which % len(items)])
            elif step.does == "sweep":
                jobs: list[tuple[Job, int]] = []
                sweep(
                    self.engine,
                    settings=self.parts.settings,
                    enqueue=lambda job, row_id: jobs.append((job, row_id)),
                    now=self.now,
                    delivering=True,
                )
                for job, row_id in jobs[:: 1 if step.which % 2 else -1]:
                    self._flows(_nothing)[job](row_id, self.now)
            elif step.does == "run":
                self.run()
            return
        with transaction(self.engine) as conn:
            work.take_over(conn, now=self.now)

    def run(self) -> None:
        """Whatever is due, as `mailgate due run` does it, with the sending left out."""
        self._run(self.now)

    def finish(self) -> None:
        """The same, and a little later what has waited for something of it: a mail, for its invoice's link."""
        self._run(self.now)
        self._run(self.now + A_LITTLE)

    def _run(self, now: datetime) -> None:
        run(self.engine, settings=self.parts.settings, flows=self._flows, at=now, delivering=False)

    def state(self) -> Mapping[str, list[Any]]:
        """All that was done, without what is random or tells only of the order."""
        with reading(self.engine) as conn:
            mails = conn.execute(
                select(schema.outbox.c.template, schema.outbox.c.to_address, schema.outbox.c.ticket_id)
            )
            tickets = conn.execute(select(schema.tickets.c.id, schema.tickets.c.state, schema.tickets.c.messages))
            entries = conn.execute(select(schema.entries.c.ticket_id, schema.entries.c.kind, schema.entries.c.text))
            asked = conn.execute(select(schema.confirmations.c.id, schema.confirmations.c.state))
            came = conn.execute(select(schema.spool.c.id, schema.spool.c.disposition, schema.spool.c.ticket_id))
            billed = conn.execute(
                select(schema.invoices.c.kind, schema.invoices.c.customer_id, schema.invoices.c.state).add_columns(
                    schema.invoices.c.total_minor, schema.invoices.c.open_minor, schema.invoices.c.due_on
                )
            )
            services = conn.execute(
                select(schema.services.c.id, schema.services.c.state, schema.services.c.billed_through)
            )
            balances = conn.execute(select(schema.balances))
            sent = conn.execute(
                select(schema.statements.c.customer_id, schema.statements.c.currency, schema.statements.c.month)
            )
            charged = conn.execute(
                select(schema.charges.c.customer_id, schema.charges.c.amount_minor, schema.charges.c.state)
            )
            back = conn.execute(select(schema.refunds.c.id, schema.refunds.c.state))
            return {"money": sorted(map(str, self.provider.moved)), "charges": sorted(map(str, charged.all()))} | {
                name: sorted(map(str, rows.all()))
                for name, rows in (
                    ("mails", mails),
                    ("tickets", tickets),
                    ("entries", entries),
                    ("questions", asked),
                    ("spool", came),
                    ("invoices", billed),
                    ("services", services),
                    ("balances", balances),
                    ("statements", sent),
                    ("refunds", back),
                )
            }

    def _do(self, item: DueItem) -> None:
        meet(self.engine, item.kind, [item.object], settings=self.parts.settings, enqueue=_nothing, now=self.now)
        job = next(row.job for row in DUE if row.kind is item.kind)
        if job:
            self._flows(_nothing)[job](item.object, self.now)

    def _flows(self, enqueue: Enqueue) -> Mapping[Job, Any]:
        """Mail leaves in the crash tests: here it stays queued."""
        work = replace(self.parts, enqueue=enqueue).work
        charge = Charger(self.engine, self.parts.settings, self.provider)
        kept_here = {Job.DELIVER: lambda *_: None, Job.TEACH: lambda *_: None}
        links = LinkKeeper(self.engine, self.parts.settings, self.provider, _nothing)
        forgets = CardForgetter(self.engine, self.provider)
        back = Refunder(self.engine, self.parts.settings, self.provider)
        lists = ListReader(self.engine, self.parts.settings, self.provider)
        by_provider = {Job.CHARGE: charge, Job.OFFER: links, Job.CARD: forgets}
        return {**work, **kept_here, **by_provider, Job.REFUND: back, Job.PROVIDER: lists}


@contextmanager
def dying(engine: Engine, at: int | None) -> Iterator[None]:
    """The process ends before the statement number `at` of those that it executes."""
    left = [at]

    def count(*_: object) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Died

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def _nothing(job: Job, row_id: int) -> None:
    """The job is lost: whoever looks next finds its row."""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Mapping[datetime, tuple[Path, Settings]]:
    """A store of the evening and one of the morning after, in which something of each kind is due."""
    home = tmp_path_factory.mktemp("due")
    kept: dict[datetime, tuple[Path, Settings]] = {}
    hook = Hook("ticket.reopened", command="/bin/true")
    with begin_gate(home, desk_rules=RULES, billing={"preview_hour": 17}, hook={"0": hook}) as gate:
        anne, cris = gate.customer("Anne", "anne@customer.example"), Person("Cris", "cris@stranger.example")
        bart, _ = gate.staff("Bart", "bart@hosting.example"), gate.staff("Dora", "dora@hosting.example")

        def ticket(subject: str, answer: str) -> None:
            gate.deliver(anne.writes("It is broken.", subject=subject))
            told = next(mail for mail in reversed(gate.mailbox(bart)) if subject in mail.subject)
            gate.deliver(bart.replies(told, answer))

        def keep(at: datetime) -> None:
            copy = tmp_path_factory.mktemp("kept")
            shutil.copytree(home, copy, dirs_exist_ok=True)
            kept[at] = (copy, with_cards(gate.parts.settings))

        with transaction(gate.parts.engine) as conn:
            ledger.book(conn, [events.gift(99, Whose(1, BEGIN.date(), "EUR"), amount_minor=500)], now=BEGIN)
        ticket("Disk full", "Is it better now?")
        gate.now = MORNING - timedelta(hours=24, minutes=10)
        ticket("Slow pages", "Is it quicker now?")
        ticket("A new domain", "!wait 24h")
        gate.deliver(anne.writes("Nobody answers this one.", subject="Unanswered"))
        gate.deliver(anne.replies(gate.mailbox(anne)[0], "!add bob@partner.example"))
        gate.now = BEGIN
        gate.later(hours=24, minutes=30)  # Anne is warned about the first, and staff get their lists
        gate.now = EVENING - timedelta(hours=1)
        gate.deliver(cris.writes("Do you sell servers?"))
        with transaction(gate.parts.engine) as conn:
            runs.stop(conn, why="99 invoices", at_on=None, by="the schedule", now=EVENING)
        keep(EVENING)
        with transaction(gate.parts.engine) as conn:  # somebody has looked
            runs.finish(conn, runs.begin(conn, at_on=None, by="Bart", now=EVENING), now=EVENING)
        gate.later(hours=1)
        gate.deliver(anne.writes("It is slow.", subject="Slow disk"))
        gate.sink.replies["RCPT"] = ["451 4.7.1 later"]  # to the answer alone, which is long on its way then
        gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Is it quicker now?"))
        gate.deliver(anne.writes("Nor this one.", subject="Not answered"))
        gate.now = MORNING - timedelta(minutes=10)
        gate.accept(anne.writes("The job of this mail gets lost.", subject="Lost"))
        gate.parts.receive(gate.accept(anne.writes("Those of its answers.", subject="Settled")), gate.now)
        spam = gate.accept(cris.writes("Buy now!"))
        gate.parts.receive(spam, gate.now)
        with transaction(gate.parts.engine) as conn:
            review.refuse(conn, spam, by="Bart Jones", is_spam=True, now=gate.now)
        gate.parts.receive(gate.accept(cris.writes("And domains?")), gate.now)
        with transaction(gate.parts.engine) as conn:
            announcements.begin(
                conn,
                staff_id=1,
                spool_id=1,
                desk="support",
                subject="Moving",
                text="We move house.",
                contact_ids=[1],
                now=gate.now,
            )
        sell(Shop(gate.parts.engine, gate.parts.settings))
        tell_hooks(gate)
        keep(MORNING)
    return kept


def tell_hooks(gate: Gate) -> None:
    """One call waits, another has failed for long."""
    with transaction(gate.parts.engine) as conn:
        for name in ("first", "second"):
            call_hooks(conn, gate.parts.settings, HookEvent.PING, [Happened(name, None, {})], now=gate.now)
        failed = update(schema.hook_calls).where(schema.hook_calls.c.subject == "second")
        conn.execute(failed.values(attempts=5, due_at=MORNING + timedelta(hours=3)))


def sell(shop: Shop) -> None:
    """Services to be invoiced, ended, and never paid; credit for what is due; time for an invoice that is over.

    Bart waits for the statement of the month before.
    """
    shop.import_catalogue()
    begun = (MORNING - timedelta(days=45)).date()
    bart, cris, dora, erik = (shop.customer(name) for name in ("Bart", "Cris", "Dora", "Erik"))
    _, (open_since_then,) = shop.add(bart, on=begun)
    with transaction(shop.engine) as conn:
        standing = time_given.stand(conn, bart, now=noon(begun))
        unpaid = invoices.get(conn, open_since_then.id)
        time_given.extend(conn, standing, unpaid, 30, by="Bart", spool_id=None, now=noon(begun))
        einvoice_gaps.note(conn, "country", "", unpaid.id, now=MORNING - timedelta(hours=1))
    file, at = FromFile("0" * 64, "bank.xml", 1), MORNING - timedelta(hours=1)
    line = BankLine("DE", "EUR", 500, begun, "Nobody")
    import_lines(shop.engine, shop.settings, keyed([line]), file, by="Bart", now=at)
    shop.add(cris, on=begun, is_pending=True)
    ending, (first,) = shop.add(dora, on=begun)
    shop.pay(first.number, first.reckoned.total_minor, begun)
    shop.act(ending.id, begun, lambda deal, service: carry_out(deal, end_of(deal, service, at_end=True, reason="")))
    shop.give(erik, 500, begun)
    shop.add(erik, on=begun, start_on=begun + timedelta(days=30))  # due on that day, and paid from the credit then
    pay_by_card(shop, begun)
    go_back(shop, begun)
    with transaction(shop.engine) as conn:
        account = accounts.lock(conn, (bart,))[bart]
        accounts.edit(conn, replace(account, monthly_statement=True))
        statements.look_again(conn, bart, MORNING - timedelta(days=2))


def pay_by_card(shop: Shop, begun: date) -> None:
    """An invoice is due, a charge was begun and its job lost, and a card ends soon.

    A link was asked for, which there will be none of, and the provider is to forget an older card.
    """
    ends_on = MORNING.date() + timedelta(days=5)
    fred, gina = shop.customer("Fred"), shop.customer("Gina")
    for number, last_day in ((fred, None), (gina, ends_on)):
        shop.add(number, on=begun)
        card = SavedCard(0, number, "stripe", "cus_1", "pm_visa", "visa", "4242", last_day, MORNING)
        with transaction(shop.engine) as conn:
            cards.add(conn, card)
    with transaction(shop.engine) as conn:
        deal = deal_with(conn, shop.settings, gina, Today(MORNING - timedelta(hours=1)), by="Bart")
        assert deal is not None
        assert isinstance(charge_now(deal, ByTable("stripe"), "EUR", asked_by="Bart"), Begun)
        asks = deal.payer.customer.contacts[0].id
        offers.add(
            conn, [Offered(0, "card", gina, None, "stripe", "", 0, OfferStanding.WANTED, MORNING, MORNING, asks)]
        )
        before = SavedCard(0, gina, "stripe", "cus_1", "pm_old", "visa", "1881", None, MORNING)
        cards.add(conn, replace(before, removed_at=MORNING, removed_by="Gina", due_at=MORNING))


def go_back(shop: Shop, begun: date) -> None:
    """Money is to go back by the provider; of other money, due soon, staff have not heard that it was refused."""
    hana = shop.customer("Hana")
    _, (first,) = shop.add(hana, on=begun)
    with shop.deal(hana, begun) as deal:
        invoice = invoices.get(deal.conn, first.id)
        paid = Payment(
            0, hana, "stripe", "pi_0", "EUR", invoice.total_minor + 900, begun, noon(begun), "Bart", "stripe"
        )
        record_payment(deal, invoice, paid, as_credit=False)
    for state, deadline_on in (
        (RefundState.WANTED, MORNING.date() + timedelta(days=9)),
        (RefundState.TASK, MORNING.date() + timedelta(days=1)),
    ):
        with shop.deal(hana, begun) as deal:
            (one,) = give_back(deal, None, 300, asked_by="Bart")
            due_at = MORNING if state is RefundState.WANTED else None
            refunds.write(
                deal.conn, replace(one, state=state, provider="stripe", due_at=due_at, deadline_on=deadline_on)
            )


STEPS = st.lists(
    st.builds(
        Step,
        does=st.sampled_from(("look", "meet", "meet", "meet", "sweep", "run")),
        place=st.integers(0, 1),
        which=st.integers(0, 15),
        dies_at=st.none() | st.none() | st.none() | st.integers(0, 30),
    ),
    max_size=12,
).filter(lambda steps: sum(step.dies_at is not None for step in steps) < MAX_ATTEMPTS)
"""A mail that was in hand at three deaths is set apart for a person, which is another story."""


@contextmanager
def copied(stores: Mapping[datetime, tuple[Path, Settings]], at: datetime, place: Path) -> Iterator[Store]:
    """A store of its own for one story."""
    kept, settings = stores[at]
    shutil.copytree(kept, place)
    store = replace(settings.store, url=f"sqlite:///{place / 'mailgate.db'}", archive=place / "archive")
    parts = build(replace(settings, store=store), _nothing)
    try:
        yield Store(parts, at)
    finally:
        parts.close()
        shutil.rmtree(place)


def test_the_stores_have_something_due_of_each_kind(
    stores: Mapping[datetime, tuple[Path, Settings]], tmp_path: Path
) -> None:
    kinds: set[DueKind] = set()
    for at in (EVENING, MORNING):
        with copied(stores, at, tmp_path / "store") as store, reading(store.engine) as conn:
            kinds |= {item.kind for item in due(conn, settings=store.parts.settings, at=at)}

    assert kinds == {row.kind for row in DUE} == set(DueKind)


@pytest.mark.parametrize("at", [EVENING, MORNING], ids=["evening", "morning"])
@settings(max_examples=20)
@given(steps=STEPS)
@example([Step("look", 0, 0, None), Step("look", 1, 0, None), Step("run", 0, 0, None)])
@example([Step("run", 0, 0, 25), Step("run", 1, 0, 40)])
@example([Step("sweep", 0, 0, None), Step("run", 0, 0, None)])
@example([Step("sweep", 0, 14, None), Step("look", 0, 7, 3), Step("look", 0, 0, 15)])
def test_done_by_two_in_any_order_with_deaths_between_is_done_once(
    stores: Mapping[datetime, tuple[Path, Settings]],
    tmp_path_factory: pytest.TempPathFactory,
    at: datetime,
    steps: list[Step],
) -> None:
    place = tmp_path_factory.getbasetemp() / "due-copy"
    with copied(stores, at, place) as store:
        store.finish()
        once = store.state()

    with copied(stores, at, place) as store:
        for step in steps:
            store.take(step)
        store.finish()
        done = store.state()

    assert done == once


@pytest.mark.parametrize("at", [EVENING, MORNING], ids=["evening", "morning"])
@pytest.mark.parametrize("first", [0, 1])
def test_what_two_saw_is_done_once_by_both(
    stores: Mapping[datetime, tuple[Path, Settings]], tmp_path: Path, at: datetime, first: int
) -> None:
    with copied(stores, at, tmp_path / "once") as store:
        store.finish()
        once = store.state()

    with copied(stores, at, tmp_path / "twice") as store:
        for place in (0, 1):
            store.take(Step("look", place, 0, None))
        for which in range(len(store.seen[0])):
            for place in (first, 1 - first):
                store.take(Step("meet", place, which, None))
        store.finish()
        done = store.state()

    assert done == once
