"""What falls due beside the run, at the first instant of a day where the account is; done once by whoever comes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.service import State
from mailgate.flows.billing.invoicing.run import run_what_is_due
from mailgate.flows.billing.service.ending import carry_out, end_of
from mailgate.flows.billing.service.states import activate
from mailgate.flows.due import DueItem, DueKind, due, meet
from mailgate.flows.due import run as run_due
from mailgate.jobs import Job, alone
from store.billing import invoices, ledger, runs, standing
from store.billing.runs import RunState
from store.engine import reading, transaction
from store.schema import services as service_rows
from tests.flows.billing_run.shop import START, Shop, noon

RENEWAL = date(2026, 2, 15)


def due_at(shop: Shop, at: datetime) -> tuple[DueItem, ...]:
    """What of billing is due."""
    with reading(shop.engine) as conn:
        items = due(conn, settings=shop.settings, at=at)
    return tuple(one for one in items if one.kind in KINDS)


def do(shop: Shop, at: datetime) -> Mapping[str, int]:
    """All of it, as `mailgate due run` does; how many of each kind."""

    def bill(row_id: int, now: datetime) -> None:
        run_what_is_due(row_id, engine=shop.engine, settings=shop.settings, computing=alone, now=now)

    done = run_due(
        shop.engine,
        settings=shop.settings,
        flows=lambda _: {Job.BILL: bill, Job.LEDGER: lambda *_: None},
        at=at,
        delivering=False,
    )
    return {kind: number for kind, number in done.items() if kind in {one.value for one in KINDS}}


KINDS = (DueKind.BILL, DueKind.CREDIT, DueKind.SERVICE_ENDED, DueKind.ORDER_LAPSED)


def test_the_run_is_due_from_the_midnight_of_the_first_account_that_waits(shop: Shop) -> None:
    shop.add(shop.customer(zone="America/New_York"))
    midnight = datetime(2026, 2, 5, 5, tzinfo=UTC)

    before = due_at(shop, midnight - timedelta(seconds=1))
    then = due_at(shop, midnight)
    done = do(shop, midnight)

    assert before == ()
    assert then == (DueItem(DueKind.BILL, 1, midnight),)
    assert done == {"bill": 1}
    assert len(shop.invoices()) == 2
    assert due_at(shop, midnight) == ()
    shop.check()


def test_a_run_of_the_far_future_does_not_keep_the_schedule_from_today(shop: Shop) -> None:
    shop.add(shop.customer())
    do(shop, noon(date(2027, 1, 1)))
    shop.add(shop.customer("Bart"), on=date(2027, 1, 2))

    assert [one.kind for one in due_at(shop, noon(date(2027, 1, 23)))] == [DueKind.BILL]


def test_who_was_sent_to_bill_is_given_time(shop: Shop) -> None:
    shop.add(shop.customer())
    at = noon(date(2026, 2, 5))
    meet(shop.engine, DueKind.BILL, [1], settings=shop.settings, enqueue=lambda *_: None, now=at)

    soon = due_at(shop, at + timedelta(seconds=59))
    later = due_at(shop, at + timedelta(seconds=60))

    assert soon == ()
    assert [one.kind for one in later] == [DueKind.BILL]


def test_a_run_that_the_fuse_has_stopped_waits_for_a_person(shop: Shop) -> None:
    shop.set(fuse_least=2)
    anne = shop.customer()
    shop.add(anne)
    for month in (2, 3, 4):
        do(shop, noon(date(2026, month, 5)))
    for name in ("Bart", "Cris"):
        shop.add(shop.customer(name), on=date(2026, 4, 15))
    at = noon(date(2026, 5, 5))

    first = do(shop, at)
    stopped = len(shop.invoices())
    second = due_at(shop, at + timedelta(days=1))
    with reading(shop.engine) as conn:
        why = standing.read(conn, now=at).stopped
    shop.run(at.date(), expect=3)
    after = due_at(shop, noon(date(2026, 6, 5)))

    assert first == {"bill": 1}
    assert second == ()
    assert "3 invoices" in why
    assert len(shop.invoices()) == stopped + 3
    assert [one.kind for one in after] == [DueKind.BILL]


def test_nothing_is_due_to_be_billed_while_the_clock_is_behind_the_last_number(shop: Shop) -> None:
    shop.add(shop.customer())
    shop.add(shop.customer("Bart"), on=date(2026, 6, 1))

    assert due_at(shop, noon(date(2026, 3, 1))) == ()
    assert [one.kind for one in due_at(shop, noon(date(2026, 6, 1)))] == [DueKind.BILL]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Berlin", datetime(2026, 2, 14, 23, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 2, 14, 11, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 2, 15, 8, tzinfo=UTC)),
    ],
)
def test_credit_settles_an_invoice_as_its_due_date_begins(shop: Shop, zone: str, midnight: datetime) -> None:
    anne = shop.customer(zone=zone)
    shop.add(anne)
    shop.pay("2026-0001", 1178, START)
    shop.run(date(2026, 2, 5))
    shop.give(anne, 1000, date(2026, 2, 5))

    early = due_at(shop, midnight - timedelta(seconds=1))
    then = due_at(shop, midnight)
    done = do(shop, midnight)

    assert early == ()
    assert then == (DueItem(DueKind.CREDIT, anne, midnight),)
    assert done == {"credit": 1}
    invoice = shop.invoices()[-1]
    assert (invoice.state, invoice.open_minor) == (DocumentState.ISSUED, 178)
    with reading(shop.engine) as conn:
        assert ledger.credit(conn, anne, "EUR") == 0
    assert due_at(shop, midnight) == ()
    shop.check()


def test_credit_settles_the_oldest_first_and_keeps_the_rest(shop: Shop) -> None:
    anne = shop.customer()
    shop.add(anne)
    shop.run(date(2026, 2, 5))
    shop.give(anne, 2000, date(2026, 2, 5))

    do(shop, noon(RENEWAL))

    assert [one.open_minor for one in shop.invoices()] == [0, 356]
    shop.check()


def test_a_service_ends_as_the_day_behind_what_was_paid_begins(shop: Shop) -> None:
    service, _ = shop.add(shop.customer())
    shop.pay("2026-0001", 1178, START)
    shop.act(service.id, START, lambda deal, one: carry_out(deal, end_of(deal, one, at_end=True, reason="moves")))
    midnight = datetime(2026, 2, 14, 23, tzinfo=UTC)

    early = due_at(shop, midnight - timedelta(seconds=1))
    done = do(shop, midnight)

    assert early == ()
    assert done == {"service-ended": 1}
    ended = shop.service(service.id)
    assert (ended.state, ended.ended_on) == (State.CANCELLED, RENEWAL)
    assert due_at(shop, midnight) == ()


def test_what_a_late_run_has_not_billed_is_billed_before_the_service_ends(shop: Shop) -> None:
    service, _ = shop.add(shop.customer())
    with transaction(shop.engine) as conn:
        conn.execute(update(service_rows).where(service_rows.c.id == service.id).values(cancel_on=date(2026, 3, 15)))
    at = noon(date(2026, 4, 1))

    first = due_at(shop, at)
    do(shop, at)

    assert [one.kind for one in first] == [DueKind.BILL]
    assert shop.service(service.id).billed_through == date(2026, 3, 15)
    assert shop.service(service.id).state is State.CANCELLED
    shop.check()


def test_an_order_that_nobody_paid_lapses_thirty_days_after_it_was_due_and_all_of_it_is_taken_back(shop: Shop) -> None:
    anne = shop.customer()
    service, _ = shop.add(anne, is_pending=True)
    midnight = datetime(2026, 2, 13, 23, tzinfo=UTC)

    early = due_at(shop, midnight - timedelta(seconds=1))
    done = do(shop, midnight)

    assert early == ()
    assert done == {"order-lapsed": 1}
    lapsed = shop.service(service.id)
    assert (lapsed.state, lapsed.ended_on) == (State.CANCELLED, date(2026, 2, 14))
    (invoice,) = shop.invoices()
    assert (invoice.state, invoice.open_minor) == (DocumentState.VOID, 0)
    with reading(shop.engine) as conn:
        (note,) = invoices.listing(conn, DocumentKind.CREDIT_NOTE)
    assert (shop.originals(note), note.total_minor) == ((invoice.id,), invoice.total_minor)
    assert shop.periods(service.id) == []
    assert due_at(shop, midnight + timedelta(days=400)) == ()
    shop.check()


@pytest.mark.parametrize(("sku", "cycle"), [("begun", "monthly"), ("hour", "one-time")])
def test_a_set_up_and_what_is_sold_once_lapse_as_well(shop: Shop, sku: str, cycle: str) -> None:
    service, (first,) = shop.add(shop.customer(), sku, cycle=cycle, is_pending=True)

    done = do(shop, noon(date(2026, 2, 14)))

    assert done == {"order-lapsed": 1}
    assert shop.service(service.id).state is State.CANCELLED
    with reading(shop.engine) as conn:
        (note,) = invoices.listing(conn, DocumentKind.CREDIT_NOTE)
    assert note.total_minor == first.reckoned.total_minor
    assert [one.state for one in shop.invoices()] == [DocumentState.VOID]
    shop.check()


def test_an_order_of_which_a_part_was_paid_gives_that_back_as_credit(shop: Shop) -> None:
    anne = shop.customer()
    shop.add(anne, is_pending=True)
    shop.pay("2026-0001", 500, START)

    do(shop, noon(date(2026, 2, 14)))

    with reading(shop.engine) as conn:
        assert ledger.credit(conn, anne, "EUR") == 500
    shop.check()


def test_an_order_that_was_paid_or_provisioned_stays(shop: Shop) -> None:
    paid, _ = shop.add(shop.customer(), is_pending=True)
    shop.pay("2026-0001", 1178, START)
    provisioned, _ = shop.add(shop.customer("Bart"), is_pending=True)
    shop.act(provisioned.id, START, activate)

    done = do(shop, noon(date(2026, 2, 14)))

    assert "order-lapsed" not in done
    assert shop.service(paid.id).state is State.PENDING
    assert shop.service(provisioned.id).state is State.ACTIVE


def test_a_pending_service_does_not_renew(shop: Shop) -> None:
    shop.add(shop.customer(), is_pending=True)
    shop.pay("2026-0001", 1178, START)

    assert do(shop, noon(date(2026, 6, 1))) == {}
    assert len(shop.invoices()) == 1


def test_a_run_of_the_schedule_that_was_killed_goes_on_when_its_process_is_buried(shop: Shop) -> None:
    shop.add(shop.customer())
    at = noon(date(2026, 2, 5))

    class Died(BaseException):
        pass

    def die(_: str) -> None:
        raise Died

    meet(shop.engine, DueKind.BILL, [1], settings=shop.settings, enqueue=lambda *_: None, now=at)
    with pytest.raises(Died):
        run_what_is_due(1, engine=shop.engine, settings=shop.settings, computing=alone, now=at, fail_point=die)

    assert due_at(shop, at + timedelta(minutes=14)) == ()
    later = at + timedelta(minutes=15)
    assert do(shop, later) == {"bill": 1}
    assert len(shop.invoices()) == 2
    with reading(shop.engine) as conn:
        assert runs.listing(conn, limit=9)[0].state is RunState.DONE
