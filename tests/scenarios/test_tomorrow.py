"""Each evening staff get what billing does the next day, and hold some of it back by an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Connection, event, insert

from mailgate.billing.party import UNTIL_RELEASED
from mailgate.billing.service import State
from mailgate.flows import due
from mailgate.flows.staff.tomorrow import ready_tomorrow
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.wiring import build
from store.billing import charges, invoices, previews, services
from store.engine import reading, transaction
from store.schema import payment_methods
from tests.billing.shop import product
from tests.collecting import Collector
from tests.flows.billing.charging import with_cards
from tests.flows.billing_run.shop import CATALOGUE
from tests.gate import BeginGate, Gate, Person, Received
from tests.scenarios.billed import plain

EVENING = 17  # in Berlin it is 16:00 UTC before the end of March


@pytest.fixture
def begun(begin: BeginGate) -> Gate:
    """Lists of the evening are written; nothing waits for a go."""
    return begin(billing={"preview_hour": EVENING}, gate={"timezone": "Europe/Berlin"})


@pytest.fixture
def money(begun: Gate) -> Collector:
    """It sells."""
    return Collector.begin(begun)


@pytest.fixture
def anne(money: Collector) -> Person:
    """Customer 1, in Berlin, whose first invoice of 2 March is paid: the next is issued on 23 March."""
    anne = money.customer("Anne Miller")
    _, sold = money.sell(1)
    money.pay(sold.number)
    return anne


@pytest.fixture
def dora(money: Collector, begun: Gate) -> Person:
    """The one who answers."""
    return begun.staff("Dora Smith", "dora@hosting.example")


def to(gate: Gate, when: datetime) -> None:
    """Time goes on by a morning and an evening of each day, and each time all that is due is done."""
    while gate.now < when:
        stops = [datetime.combine(gate.now.date(), time(5), UTC) + timedelta(hours=hours) for hours in (0, 11, 24)]
        gate.now = min(when, next(one for one in stops if one > gate.now))
        gate.parts.run_due(gate.now)
        gate.work()


def at(day: int, hour: int = 16, minute: int = 30, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def lists_of(gate: Gate, person: Person) -> list[Received]:
    return [mail for mail in gate.mailbox(person) if mail.subject.startswith("Billing through")]


def words(mail: Received) -> str:
    return " ".join(plain(mail).split())


def issued(gate: Gate) -> list[tuple[str, str]]:
    """Numbers and days of issue."""
    with reading(gate.parts.engine) as conn:
        return [(one.number, one.issued_on.isoformat()) for one in invoices.listing(conn)]


@contextmanager
def told(gate: Gate) -> Iterator[list[str]]:
    """Subjects of what Anne gets meanwhile."""
    got: list[str] = []
    person = Person("Anne Miller", "anne@customer.example")
    before = len(gate.mailbox(person))
    yield got
    got.extend(mail.subject.replace("\u00a0", " ") for mail in gate.mailbox(person)[before:])


def test_the_evening_before_staff_get_what_comes_and_silence_lets_it_go(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(21))
    before = lists_of(begun, dora)
    to(begun, at(22))
    [mail] = lists_of(begun, dora)
    to(begun, at(23, hour=8))

    assert before == []
    assert mail.subject.replace("\u00a0", " ") == "Billing through 23 March 2026: one invoice, EUR 11.78"
    assert "1 Anne Miller: invoice, EUR 11.78" in words(mail)
    assert "Is all of it right? Then there is nothing to do." in words(mail)
    assert issued(begun)[-1] == ("2026-0002", "2026-03-23")


def test_what_is_held_is_not_billed_until_it_is_let_go_on(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(22))
    answered = begun.deliver(dora.replies(lists_of(begun, dora)[-1], "hold 1"))
    receipt = begun.mailbox(dora)[-1]
    to(begun, at(25, hour=8))
    held = len(issued(begun))
    last = lists_of(begun, dora)[-1]

    begun.deliver(dora.replies(last, "resume 1"))
    to(begun, at(25, hour=10))

    assert answered.outcome.disposition is Disposition.COMMAND
    assert "The invoice for Anne Miller rests until one of you writes resume" in words(receipt)
    assert held == 1
    assert "1 Anne Miller: held back, billing" in words(last)
    assert issued(begun)[-1] == ("2026-0002", "2026-03-25")


def test_what_is_skipped_comes_a_day_later(begun: Gate, money: Collector, anne: Person, dora: Person) -> None:
    to(begun, at(22))
    begun.deliver(dora.replies(lists_of(begun, dora)[-1], "skip 1"))

    to(begun, at(24, hour=8))

    assert issued(begun)[-1] == ("2026-0002", "2026-03-24")
    assert "rests through 23 March 2026" in words(begun.mailbox(dora)[-1]) or lists_of(begun, dora)


def test_a_reminder_is_left_out_once(begun: Gate, money: Collector, anne: Person, dora: Person) -> None:
    to(begun, at(29))
    mail = lists_of(begun, dora)[-1]
    begun.deliver(dora.replies(mail, "skip 1"))
    with told(begun) as got:
        to(begun, at(2, month=4, hour=8))

    assert "1 Anne Miller: reminder, invoice 2026-0002, EUR 11.78" in words(mail)
    assert [step for step in money.done("2026-0002") if step[0] in ("-3", "0")] == [
        ("-3", "skipped", "2026-03-29"),
        ("0", "reminded", "2026-04-02"),
    ]
    assert len(got) == 1


def test_an_unpaid_service_is_not_suspended_while_it_is_held(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(15, month=4))
    mail = lists_of(begun, dora)[-1]
    line = next(line for line in plain(mail).splitlines() if "suspension, invoice" in line)
    begun.deliver(dora.replies(mail, f"hold {line.split()[1]}"))

    to(begun, at(20, month=4))

    with money.deal(1) as deal:
        assert [one.state for one in deal.payer.services] == [State.ACTIVE]
    assert "held back, invoice 2026-0002" in words(lists_of(begun, dora)[-1])


def test_an_old_list_decides_on_nothing_that_is_over(begun: Gate, money: Collector, anne: Person, dora: Person) -> None:
    to(begun, at(22))
    mail = lists_of(begun, dora)[-1]
    to(begun, at(23, hour=8))

    begun.deliver(dora.replies(mail, "hold 1"))

    assert "Anne Miller: nothing was done: it was issued already" in words(begun.mailbox(dora)[-1])


def test_go_without_waiting_changes_nothing(begun: Gate, money: Collector, anne: Person, dora: Person) -> None:
    to(begun, at(22))
    begun.deliver(dora.replies(lists_of(begun, dora)[-1], "go"))

    assert "It goes on by itself" in words(begun.mailbox(dora)[-1])


def test_nothing_happens_before_a_go_where_one_is_waited_for(begin: BeginGate) -> None:
    gate = begin(billing={"preview_hour": EVENING, "wait_for_go": True}, gate={"timezone": "Europe/Berlin"})
    money = Collector.begin(gate)
    money.customer("Anne Miller")
    dora = gate.staff("Dora Smith", "dora@hosting.example")
    _, sold = money.sell(1)
    money.pay(sold.number)

    to(gate, at(23, hour=8))
    first = lists_of(gate, dora)[-1]
    to(gate, at(24, hour=8))
    waiting, second = issued(gate), lists_of(gate, dora)[-1]
    gate.deliver(dora.replies(first, "go"))
    old = gate.mailbox(dora)[-1]
    gate.deliver(dora.replies(second, "go"))
    goes = gate.mailbox(dora)[-1]
    to(gate, at(24, hour=10))

    assert "waits for one of you to answer with “go”" in words(first)
    assert len(waiting) == 1
    assert "Nobody has answered yesterday's list with “go”" in words(second)
    assert "A later list has taken the place of this one" in words(old)
    assert "Billing of 24 March 2026 goes on." in words(goes)
    assert issued(gate)[-1] == ("2026-0002", "2026-03-24")


def test_a_week_of_silence_stops_nothing(begun: Gate, money: Collector, anne: Person, dora: Person) -> None:
    to(begun, at(30))

    assert issued(begun)[-1] == ("2026-0002", "2026-03-23")


def test_the_night_in_which_clocks_change_has_one_list(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(28))
    before = len(begun.outbox(Template.TOMORROW))

    to(begun, at(29, hour=14))
    still = len(begun.outbox(Template.TOMORROW))
    to(begun, at(29, hour=15))

    assert still == before
    with reading(begun.parts.engine) as conn:
        newest = previews.newest(conn)
    assert newest is not None
    assert (newest.evening, newest.for_day) == (datetime(2026, 3, 29, 15, tzinfo=UTC), date(2026, 3, 30))


def test_a_clock_that_goes_back_writes_no_second_list(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(22))
    begun.now -= timedelta(hours=3)
    to(begun, at(22, minute=45))

    assert len(lists_of(begun, dora)) == 1


def test_without_an_hour_there_is_no_list(begun: Gate, money: Collector, anne: Person, dora: Person) -> None:
    settings = begun.parts.settings
    begun.parts = replace(begun.parts, settings=replace(settings, billing=replace(settings.billing, preview_hour=-1)))
    with reading(begun.parts.engine) as conn:
        found = due.due(conn, settings=begun.parts.settings, at=at(22))

    assert due.DueKind.TOMORROW not in {one.kind for one in found}


def again(gate: Gate) -> None:
    """The program is started anew on what it has kept."""
    settings, spare = gate.parts.settings, gate.parts
    gate.parts = replace(build(settings, lambda _job, _row_id: None), templates=spare.templates)
    spare.close()


@pytest.mark.parametrize("verb", ["hold", "skip"])
def test_what_was_held_or_skipped_is_so_after_a_restart(
    begun: Gate, money: Collector, anne: Person, dora: Person, verb: str
) -> None:
    to(begun, at(22))
    begun.deliver(dora.replies(lists_of(begun, dora)[-1], f"{verb} 1"))

    again(begun)
    to(begun, at(23, hour=8))
    before = issued(begun)[1:]
    to(begun, at(24, hour=8))
    after, last = issued(begun)[1:], words(lists_of(begun, dora)[-1])
    begun.parts.close()

    assert (before, after) == ([], [] if verb == "hold" else [("2026-0002", "2026-03-24")])
    assert ("1 Anne Miller: held back, billing" in last) == (verb == "hold")


def test_an_invoice_that_is_held_leaves_the_others_of_its_account_alone(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    prices = 'prices = { EUR = { monthly = "5.00" } }'
    other = Collector.begin(begun, "\n".join((CATALOGUE, product("own", "align = false", name="Own", prices=prices))))
    to(begun, at(5, hour=8))
    _, sold = other.sell(1, "own")
    other.pay(sold.number)
    to(begun, at(22))
    begun.deliver(dora.replies(lists_of(begun, dora)[-1], "hold 1"))

    to(begun, at(27, hour=8))
    before, last = issued(begun)[2:], lists_of(begun, dora)[-1]
    number = next(line.split()[1] for line in plain(last).splitlines() if "held back, billing" in line)
    begun.deliver(dora.replies(last, f"resume {number}"))
    to(begun, at(27, hour=10))

    assert before == [("2026-0003", "2026-03-26")]
    assert issued(begun)[-1] == ("2026-0004", "2026-03-27")
    with reading(begun.parts.engine) as conn:
        assert services.held(conn, UNTIL_RELEASED) == frozenset()


def test_a_charge_of_the_next_day_is_a_line_and_is_held(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    begun.parts = replace(begun.parts, settings=with_cards(begun.parts.settings))
    with transaction(begun.parts.engine) as conn:
        conn.execute(
            insert(payment_methods).values(
                customer_id=1, provider="stripe", customer_token="cus_1", token="pm_1", brand="visa", last4="4242",
                expires_on=date(2030, 1, 31), added_at=begun.now,
            )
        )  # fmt: skip
    to(begun, at(1, month=4))
    mail = lists_of(begun, dora)[-1]

    begun.deliver(dora.replies(mail, "hold 1"))
    to(begun, at(2, month=4, hour=8))

    assert "1 Anne Miller: charge of the saved card, invoice 2026-0002, EUR 11.78" in words(mail)
    assert "one card is charged: EUR 11.78" in words(mail)
    with reading(begun.parts.engine) as conn:
        assert charges.listing(conn) == ()


def test_nobody_waits_while_it_is_found_out_what_comes(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(22, hour=15))
    begun.now = at(22)
    written: list[object] = []  # in which transaction
    reckoned: list[object] = []

    def saw(conn: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "FROM services" in statement and "WHERE services.customer_id" in statement:
            reckoned.append(conn.get_transaction())
        if statement.startswith("INSERT INTO previews"):
            written.append(conn.get_transaction())

    event.listen(begun.parts.engine, "before_cursor_execute", saw)
    due.meet(
        begun.parts.engine, due.DueKind.TOMORROW, [0],
        settings=begun.parts.settings, enqueue=lambda _job, _row_id: None, now=begun.now,
    )  # fmt: skip
    event.remove(begun.parts.engine, "before_cursor_execute", saw)

    assert reckoned
    assert len(written) == 1
    assert written[0] not in reckoned


def test_a_list_that_somebody_else_wrote_meanwhile_is_written_once(
    begun: Gate, money: Collector, anne: Person, dora: Person
) -> None:
    to(begun, at(22, hour=15))
    begun.now = at(22)
    settings, engine = begun.parts.settings, begun.parts.engine
    with reading(engine) as conn:
        both = [ready_tomorrow(conn, settings, begun.now) for _ in range(2)]

    for write in both:
        with transaction(engine) as conn:
            write(Act.begin(conn, settings, begun.now), [0])
    begun.work()

    assert len(lists_of(begun, dora)) == 1
