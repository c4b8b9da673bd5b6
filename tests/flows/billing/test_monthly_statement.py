"""The statement of each month: on the first where the account is, once, and after an outage the last alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from mailgate.flows.billing import monthly
from mailgate.flows.due import DueKind, due, meet
from mailgate.letters.kind import Template
from store import people, people_edits
from store.billing import accounts, statements
from store.engine import reading, transaction
from store.post import outbox
from store.schema import outbox as outbox_rows
from tests.flows.billing.trade import Trade


def wants(trade: Trade, customer_id: int, at: datetime, *, wanted: bool = True) -> None:
    """The customer gets statements from an instant on, or no more."""
    with transaction(trade.engine) as conn:
        account = replace(accounts.lock(conn, (customer_id,))[customer_id], monthly_statement=wanted)
        accounts.edit(conn, account)
        customer = people.get_customer(conn, customer_id)
        monthly.schedule(conn, trade.settings, customer, account, now=at)


def pass_time(trade: Trade, at: datetime) -> int:
    """What is due of statements is done, as the schedule does it; returns how much that was."""
    with reading(trade.engine) as conn:
        items = [one for one in due(conn, settings=trade.settings, at=at) if one.kind is DueKind.STATEMENT]
    for one in items:
        meet(trade.engine, one.kind, [one.object], settings=trade.settings, enqueue=lambda *_: None, now=at)
    return len(items)


def sent(trade: Trade) -> list[tuple[str, str, int]]:
    """The statements in the outbox: month, currency, closing balance."""
    with reading(trade.engine) as conn:
        rows = conn.execute(select(outbox_rows.c.id).where(outbox_rows.c.template == Template.STATEMENT.value))
        found = [outbox.show(conn, number) for number in rows.scalars()]
    values = [one.notice.values for one in found if one is not None]
    return [(str(one["first"])[:7], str(one["currency"]), int(str(one["closing_minor"]))) for one in values]


@pytest.fixture
def billed(trade: Trade, anne: int) -> int:
    """Anne, who owes an invoice of February."""
    trade.add(anne, "small", on="2026-02-01")
    wants(trade, anne, at("2026-02-10T12:00Z"))
    return anne


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_it_comes_as_the_first_of_the_month_begins(trade: Trade, billed: int) -> None:
    assert pass_time(trade, at("2026-02-28T23:59:59+01:00")) == 0

    assert pass_time(trade, at("2026-03-01T00:00+01:00")) == 1

    assert sent(trade) == [("2026-02", "EUR", 1190)]
    assert pass_time(trade, at("2026-03-31T23:59+02:00")) == 0


def test_each_month_has_one(trade: Trade, billed: int) -> None:
    for month in (3, 4, 5):
        for _ in range(2):
            pass_time(trade, at(f"2026-{month:02}-01T08:00Z"))

    assert [month for month, _, _ in sent(trade)] == ["2026-02", "2026-03", "2026-04"]


def test_after_an_outage_the_last_month_alone_is_told(trade: Trade, billed: int) -> None:
    for hour in range(3):
        pass_time(trade, at(f"2026-06-17T{hour:02}:00Z"))

    assert [month for month, _, _ in sent(trade)] == ["2026-05"]


def test_a_clock_that_went_back_sends_nothing_again(trade: Trade, billed: int) -> None:
    pass_time(trade, at("2026-06-01T08:00Z"))
    with transaction(trade.engine) as conn:
        statements.look_again(conn, billed, at("2026-03-01T00:00Z"))
    pass_time(trade, at("2026-06-02T08:00Z"))
    pass_time(trade, at("2026-03-01T08:00Z"))

    assert [month for month, _, _ in sent(trade)] == ["2026-05"]


def test_where_the_account_is_its_month_must_be_over_and_the_sellers_too(trade: Trade) -> None:
    west = trade.customer("Cris", timezone="America/Los_Angeles")
    east = trade.customer("Dora", timezone="Pacific/Auckland")
    for one in (west, east):
        trade.add(one, "small", on="2026-02-01")
        wants(trade, one, at("2026-02-10T12:00Z"))

    assert pass_time(trade, at("2026-02-28T22:59Z")) == 0  # it is the 1st in Auckland, not yet in Berlin
    assert pass_time(trade, at("2026-02-28T23:00Z")) == 1
    assert pass_time(trade, at("2026-03-01T07:59Z")) == 0
    assert pass_time(trade, at("2026-03-01T08:00Z")) == 1


def test_who_has_nothing_to_be_told_gets_none(trade: Trade, anne: int) -> None:
    wants(trade, anne, at("2026-02-10T12:00Z"))

    assert pass_time(trade, at("2026-03-01T08:00Z")) == 1
    assert pass_time(trade, at("2026-03-01T08:00Z")) == 0

    assert sent(trade) == []


def test_there_is_one_for_each_currency(trade: Trade, billed: int) -> None:
    trade.give(billed, "3.100", "KWD", on="2026-02-11")
    pass_time(trade, at("2026-03-01T08:00Z"))

    assert sent(trade) == [("2026-02", "EUR", 1190), ("2026-02", "KWD", -3100)]


def test_who_wants_none_any_more_gets_none(trade: Trade, billed: int) -> None:
    wants(trade, billed, at("2026-02-20T12:00Z"), wanted=False)

    assert pass_time(trade, at("2026-03-01T08:00Z")) == 0


def test_who_is_billed_elsewhere_gets_none(trade: Trade, billed: int) -> None:
    trade.edit(billed, on="2026-02-20", billed_elsewhere=True)

    assert pass_time(trade, at("2026-03-01T08:00Z")) == 1
    assert sent(trade) == []


def test_an_edit_of_something_else_puts_nothing_off(trade: Trade, billed: int) -> None:
    wants(trade, billed, at("2026-03-01T00:30+01:00"))  # the statement of February is due, and not yet sent

    assert pass_time(trade, at("2026-03-01T00:31+01:00")) == 1
    assert [month for month, _, _ in sent(trade)] == ["2026-02"]


def test_who_moves_to_the_west_waits_for_the_first_there(trade: Trade, billed: int) -> None:
    with transaction(trade.engine) as conn:
        people_edits.edit_customer(conn, billed, {"timezone": "America/Los_Angeles"})

    pass_time(trade, at("2026-03-01T00:00+01:00"))
    assert sent(trade) == []
    pass_time(trade, at("2026-03-01T00:00-08:00"))

    assert [month for month, _, _ in sent(trade)] == ["2026-02"]
