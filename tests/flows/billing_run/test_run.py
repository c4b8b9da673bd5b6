"""The run: what is due becomes invoices once, however often it is made, and nobody holds up others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.period import Span
from mailgate.flows.billing.back.take_back import CannotTakeBack, undo
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.guard import FuseBlown, Unexpected
from mailgate.flows.billing.invoicing.plan import Plan
from mailgate.flows.billing.invoicing.unpark import NotParked, unpark
from mailgate.flows.billing.service.ending import carry_out, end_of
from mailgate.flows.billing.service.states import after_edit, restore, suspend
from mailgate.flows.billing.service.terms import change, quote_new_terms
from store.billing import accounts, invoices, runs, standing
from store.billing.runs import RunState
from store.billing.series import ClockWentBack
from store.engine import reading, transaction
from store.schema import services as service_rows
from tests.flows.billing_run.shop import CATALOGUE, START, Shop, days_after, noon

LEAD = timedelta(days=10)
RENEWAL = date(2026, 2, 15)
RUN = RENEWAL - LEAD


def digests(plan: Plan) -> dict[tuple[int, str, date], str]:
    """What a kept plan says."""
    return {
        (one.payer.customer.id, one.bundle.currency, one.bundle.due_on): one.digest for one in plan.items if one.wanted
    }


def test_a_renewal_is_invoiced_ten_days_before_it_is_due_and_not_a_day_earlier(shop: Shop) -> None:
    anne = shop.customer()
    service, _ = shop.add(anne)

    early = shop.run(days_after(RUN, -1))
    done = shop.run(RUN)

    assert early is None
    assert done is not None
    assert done.invoices == ("2026-0002",)
    invoice = shop.invoices()[-1]
    assert (invoice.issued_on, invoice.due_on, invoice.total_minor) == (RUN, RENEWAL, 1178)
    assert shop.periods(service.id)[-1] == Span(RENEWAL, date(2026, 3, 15))
    shop.check()


def test_however_often_it_is_run_it_is_billed_once(shop: Shop) -> None:
    for name in ("Anne", "Bart", "Cris"):
        shop.add(shop.customer(name))

    first = shop.run(RUN)
    again = [shop.run(RUN) for _ in range(3)]

    assert first is not None
    assert len(first.invoices) == 3
    assert again == [None, None, None]
    assert len(shop.invoices()) == 6
    shop.check()


def test_what_is_due_on_one_day_goes_on_one_invoice_at_the_longest_lead(shop: Shop) -> None:
    anne = shop.customer()
    shop.add(anne, "web")
    shop.add(anne, "early")

    done = shop.run(RENEWAL - timedelta(days=20))

    assert done is not None
    assert len(done.invoices) == 1
    assert [line.text for line in shop.lines(shop.invoices()[-1])] == ["Web", "Early"]
    assert shop.run(RUN) is None
    shop.check()


def test_days_up_to_a_moved_bill_day_go_out_with_what_is_behind_them(shop: Shop) -> None:
    """What is invoiced 20 days ahead is due with the first whole month; the days before that are not passed over."""
    anne = shop.customer()
    web, _ = shop.add(anne)
    with shop.deal(anne, date(2026, 1, 16)) as deal:
        before = deal.payer.account
        accounts.edit(deal.conn, replace(before, bill_day=25))
    with shop.deal(anne, date(2026, 1, 16)) as deal:
        after_edit(deal, before)
    early, _ = shop.add(anne, "early", on=date(2026, 1, 25))

    for day in range(60):
        shop.run(days_after(date(2026, 1, 26), day))

    for service in (web, early):
        spans = shop.periods(service.id)
        assert all(one.end == other.start for one, other in pairwise(spans))
    assert Span(date(2026, 2, 15), date(2026, 2, 25)) in shop.periods(web.id)
    shop.check()


def test_after_an_outage_what_is_late_is_not_due_behind_what_follows_it(shop: Shop) -> None:
    """Its lead is shorter than the time that is left to pay."""
    shop.set(invoice_days_before_due=3)
    service, _ = shop.add(shop.customer())

    shop.run(date(2026, 3, 12))
    shop.run(date(2026, 3, 13))

    assert shop.periods(service.id)[1:] == [
        Span(RENEWAL, date(2026, 3, 15)), Span(date(2026, 3, 15), date(2026, 4, 15)),
    ]  # fmt: skip
    assert [one.due_on for one in shop.invoices()[1:]] == [date(2026, 3, 22)]
    shop.check()


def test_after_an_outage_of_three_months_one_invoice_leaves_ten_days_to_pay(shop: Shop) -> None:
    anne = shop.customer()
    service, _ = shop.add(anne)

    done = shop.run(date(2026, 5, 7))

    assert done is not None
    (invoice,) = shop.invoices()[1:]
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 5, 7), date(2026, 5, 17))
    assert [line.period_start for line in shop.lines(invoice)] == [date(2026, month, 15) for month in (2, 3, 4, 5)]
    assert shop.service(service.id).billed_through == date(2026, 6, 15)
    shop.check()


def test_free_services_make_no_invoice_and_their_days_are_kept(shop: Shop) -> None:
    anne = shop.customer()
    service, first = shop.add(anne, "free")

    done = shop.run(RUN)

    assert (first, done, shop.invoices()) == ((), None, ())
    assert shop.periods(service.id) == [Span(START, RENEWAL), Span(RENEWAL, date(2026, 3, 15))]
    shop.check()


def test_whose_customers_are_billed_elsewhere_is_never_invoiced(shop: Shop) -> None:
    anne = shop.customer(billed_elsewhere=True)
    shop.add(anne)

    done = shop.run(date(2027, 1, 1))

    assert (done, shop.invoices()) == (None, ())


def test_without_a_tax_rule_an_account_is_left_out_and_named_and_tried_again_the_next_day(shop: Shop) -> None:
    anne, cris = shop.customer("Anne"), shop.customer("Cris")
    shop.add(anne)
    service, _ = shop.add(cris)
    shop.import_catalogue(CATALOGUE.replace('country = "DE"', 'country = "FR"'))

    without = shop.run(RUN)
    same_day = shop.run(RUN)
    with reading(shop.engine) as conn:
        told = standing.read(conn, now=noon(RUN))
    shop.import_catalogue()
    later = shop.run(days_after(RUN, 1))

    assert without is not None
    assert without.invoices == ()
    assert set(without.left_out) == set(told.left_out) == {anne, cris}
    assert "DE" in without.left_out[anne]
    assert same_day is None
    assert later is not None
    assert len(later.invoices) == 2
    assert shop.service(service.id).billed_through == date(2026, 3, 15)
    with reading(shop.engine) as conn:
        assert standing.read(conn, now=noon(days_after(RUN, 1))).left_out == {}
    shop.check()


def test_a_poisoned_account_is_parked_and_its_neighbours_are_billed(shop: Shop) -> None:
    numbers = [shop.customer(name) for name in ("Anne", "Bart", "Cris")]
    poisoned = [shop.add(number)[0] for number in numbers][1]
    with transaction(shop.engine) as conn:
        conn.execute(update(service_rows).where(service_rows.c.id == poisoned.id).values(currency="QQQ"))

    done = shop.run(RUN)
    with reading(shop.engine) as conn:
        told = standing.read(conn, now=noon(RUN))

    assert done is not None
    assert len(done.invoices) == 2
    assert set(done.left_out) == set(told.parked) == set(shop.plan(RUN).left_out) == {numbers[1]}
    assert f"unpark {numbers[1]}" in told.parked[numbers[1]]
    assert shop.run(days_after(RUN, 1)) is None

    with transaction(shop.engine) as conn:
        conn.execute(update(service_rows).where(service_rows.c.id == poisoned.id).values(currency="EUR"))
    unpark(shop.engine, shop.settings, numbers[1], Today(noon(RUN), RUN), by="Bart")
    mended = shop.run(RUN)

    assert mended is not None
    assert len(mended.invoices) == 1
    with pytest.raises(NotParked):
        unpark(shop.engine, shop.settings, numbers[1], Today(noon(RUN), RUN), by="Bart")
    shop.check()


def test_a_service_that_lies_too_far_back_is_named_and_not_parked(shop: Shop) -> None:
    anne = shop.customer()
    service, _ = shop.add(anne)
    long_ago = {"billed_through": date(1800, 1, 15), "started_on": date(1800, 1, 15), "anchor_on": date(1800, 1, 15)}
    with transaction(shop.engine) as conn:
        conn.execute(update(service_rows).where(service_rows.c.id == service.id).values(**long_ago))

    done = shop.run(RUN)

    assert done is not None
    assert (done.invoices, set(done.left_out)) == ((), {anne})


def test_a_plan_is_what_is_issued(shop: Shop) -> None:
    for name in ("Anne", "Bart"):
        shop.add(shop.customer(name))
    planned = shop.plan(RUN)

    done = shop.run(RUN, only=digests(planned))

    assert done is not None
    assert done.tally == planned.tally
    assert [one.total_minor for one in planned.items] == [one.total_minor for one in shop.invoices()[2:]]
    shop.check()


def test_nothing_of_an_item_is_issued_that_has_changed_since_the_plan(shop: Shop) -> None:
    anne, bart = shop.customer("Anne"), shop.customer("Bart")
    changed, _ = shop.add(anne)
    shop.add(bart)
    planned = shop.plan(RUN)
    shop.act(changed.id, RUN, lambda deal, service: change(deal, service, *quote_new_terms(deal, service, sku="big")))

    done = shop.run(RUN, only=digests(planned))
    rest = shop.run(RUN)

    assert done is not None
    assert rest is not None
    assert [one.customer_id for one in shop.invoices() if one.run_id == done.run_id] == [bart]
    assert [one.customer_id for one in shop.invoices() if one.run_id == rest.run_id] == [anne]
    shop.check()


def test_a_service_that_came_after_the_plan_is_not_issued_with_it(shop: Shop) -> None:
    anne, cris = shop.customer("Anne"), shop.customer("Cris")
    shop.add(anne)
    planned = shop.plan(RUN)
    shop.add(cris)

    done = shop.run(RUN, only=digests(planned))

    assert done is not None
    assert {one.customer_id for one in shop.invoices() if one.run_id == done.run_id} == {anne}


def test_another_count_than_was_expected_issues_nothing(shop: Shop) -> None:
    for name in ("Anne", "Bart"):
        shop.add(shop.customer(name))

    with pytest.raises(Unexpected, match="2 invoices are due, and 3 were expected"):
        shop.run(RUN, expect=3)
    assert len(shop.invoices()) == 2
    done = shop.run(RUN, expect=2)

    assert done is not None
    assert len(done.invoices) == 2


def test_who_expects_something_where_nothing_is_due_is_told(shop: Shop) -> None:
    with pytest.raises(Unexpected, match="0 invoices are due, and 1 were expected"):
        shop.run(RUN, expect=1)


def test_the_fuse_stops_a_run_before_its_first_number_and_expect_is_the_way_out(shop: Shop) -> None:
    shop.set(fuse_least=2)
    anne = shop.customer("Anne")
    shop.add(anne)
    for month in (2, 3, 4):
        assert shop.run(date(2026, month, 5)) is not None
    for name in ("Bart", "Cris"):
        shop.add(shop.customer(name), on=date(2026, 4, 15))
    before = shop.invoices()

    with pytest.raises(FuseBlown, match="--expect 3"):
        shop.run(date(2026, 5, 5))
    stopped = shop.invoices()
    with reading(shop.engine) as conn:
        told = standing.read(conn, now=noon(date(2026, 5, 5))).stopped
        last = runs.listing(conn, limit=1)[0]
    done = shop.run(date(2026, 5, 5), expect=3)

    assert stopped == before
    assert "3 invoices, where the last 3 runs had 3 together" in told
    assert (last.state, last.invoices) == (RunState.STOPPED, 0)
    assert done is not None
    assert len(done.invoices) == 3
    with reading(shop.engine) as conn:
        assert standing.read(conn, now=noon(date(2026, 5, 5))).stopped == ""
    shop.check()


def test_runs_of_one_day_count_as_one_for_the_fuse(shop: Shop) -> None:
    shop.set(fuse_least=2)
    numbers = [shop.customer(name) for name in ("Anne", "Bart", "Cris")]
    for number in numbers:
        shop.add(number)
    for month in (2, 3, 4):
        at = date(2026, month, 5)
        for number in numbers:
            mine = {key: value for key, value in digests(shop.plan(at)).items() if key[0] == number}
            assert shop.run(at, only=mine) is not None

    done = shop.run(date(2026, 5, 5))

    assert done is not None
    assert len(done.invoices) == 3


def test_a_clock_that_was_set_back_stops_what_would_be_issued(shop: Shop) -> None:
    anne, bart = shop.customer("Anne"), shop.customer("Bart")
    shop.add(anne, on=START - timedelta(days=360))
    shop.add(bart, on=days_after(START, 400))
    before = shop.invoices()

    with pytest.raises(ClockWentBack, match="2027-02-19"):
        shop.run(RUN)
    nothing_due = shop.run(START - timedelta(days=400))

    assert shop.invoices() == before
    assert nothing_due is None
    with reading(shop.engine) as conn:
        assert standing.read(conn, now=noon(RUN)).last_on == {"invoice": date(2027, 2, 19)}
    shop.check()


ZONES = (
    "Pacific/Kiritimati", "Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai",
    "Europe/Berlin", "UTC", "America/Sao_Paulo", "America/New_York", "America/Los_Angeles", "Pacific/Pago_Pago",
)  # fmt: skip


def test_at_one_instant_accounts_of_twelve_zones_are_billed_by_their_own_day(shop: Shop) -> None:
    theirs = {zone: shop.customer("Anne", zone=zone) for zone in ZONES}
    for number in theirs.values():
        shop.add(number)
    noon_of_the_day = datetime(2026, 2, 4, 23, 30, tzinfo=UTC)  # 5 February from Berlin eastwards

    early = shop.run_at(noon_of_the_day)
    rest = shop.run_at(noon_of_the_day + timedelta(hours=12))

    assert early is not None
    assert rest is not None
    billed_early = {one.customer_id for one in shop.invoices() if one.run_id == early.run_id}
    assert billed_early == {theirs[zone] for zone in ZONES[:7]}
    assert len(rest.invoices) == 5
    assert {one.due_on for one in shop.invoices()[len(ZONES) :]} == {RENEWAL}
    shop.check()


def test_a_run_with_a_day_counts_it_as_today_in_every_zone(shop: Shop) -> None:
    for zone in ZONES:
        shop.add(shop.customer("Anne", zone=zone))

    before = shop.run(days_after(RUN, -1))
    done = shop.run(RUN)

    assert before is None
    assert done is not None
    assert len(done.invoices) == len(ZONES)


def test_suspended_days_are_not_billed_and_the_rest_is_from_the_day_it_is_restored(shop: Shop) -> None:
    anne = shop.customer()
    service, _ = shop.add(anne)
    shop.act(service.id, date(2026, 2, 1), lambda deal, one: suspend(deal, one, reason="late"))
    rested = shop.run(date(2026, 3, 20))
    shop.act(service.id, date(2026, 3, 28), restore)

    done = shop.run(date(2026, 3, 28))

    assert rested is None
    assert done is not None
    assert shop.periods(service.id) == [Span(START, RENEWAL), Span(date(2026, 3, 28), date(2026, 4, 15))]
    shop.check()


def test_a_service_that_ends_with_what_is_paid_for_is_not_billed_behind_it(shop: Shop) -> None:
    anne = shop.customer()
    service, _ = shop.add(anne)
    shop.pay("2026-0001", 1178, START)
    shop.act(
        service.id, date(2026, 2, 1), lambda deal, one: carry_out(deal, end_of(deal, one, at_end=True, reason="moves"))
    )

    assert shop.service(service.id).cancel_on == RENEWAL
    assert shop.run(date(2026, 6, 1)) is None


def test_a_run_is_undone_by_credit_notes_and_its_days_are_billed_by_the_next(shop: Shop) -> None:
    numbers = [shop.customer(name) for name in ("Anne", "Bart")]
    sold = [shop.add(number)[0] for number in numbers]
    done = shop.run(RUN)
    assert done is not None
    before = shop.billed()

    notes = undo(shop.engine, shop.settings, done.run_id, Today(noon(RUN), RUN), by="Bart")
    freed = [shop.service(one.id).billed_through for one in sold]
    again = shop.run(RUN)

    assert notes == ("CN-2026-0001", "CN-2026-0002")
    assert freed == [RENEWAL, RENEWAL]
    with reading(shop.engine) as conn:
        first = invoices.find(conn, done.invoices[0])
        note = invoices.find(conn, notes[0], DocumentKind.CREDIT_NOTE)
        run = runs.find(conn, done.run_id)
    assert first is not None
    assert note is not None
    assert run is not None
    assert (first.state, first.open_minor, run.state) == (DocumentState.VOID, 0, RunState.UNDONE)
    assert (shop.originals(note), note.total_minor) == ((first.id,), first.total_minor)
    assert again is not None
    assert again.tally == done.tally
    assert shop.billed() == before
    with pytest.raises(CannotTakeBack, match="undone"):
        undo(shop.engine, shop.settings, done.run_id, Today(noon(RUN), RUN), by="Bart")
    shop.check()


def test_a_run_of_several_periods_is_undone_as_a_whole(shop: Shop) -> None:
    service, _ = shop.add(shop.customer())
    done = shop.run(date(2026, 5, 7))
    assert done is not None

    undo(shop.engine, shop.settings, done.run_id, Today(noon(date(2026, 5, 7)), date(2026, 5, 7)), by="Bart")

    assert shop.service(service.id).billed_through == RENEWAL
    shop.check()


def test_a_run_of_which_an_invoice_is_paid_stays_as_it_is(shop: Shop) -> None:
    for name in ("Anne", "Bart"):
        shop.add(shop.customer(name))
    done = shop.run(RUN)
    assert done is not None
    shop.pay(done.invoices[1], 1178, RUN)
    before = shop.invoices()

    with pytest.raises(CannotTakeBack, match=done.invoices[1]):
        undo(shop.engine, shop.settings, done.run_id, Today(noon(RUN), RUN), by="Bart")

    assert shop.invoices() == before
    with reading(shop.engine) as conn:
        assert invoices.listing(conn, DocumentKind.CREDIT_NOTE) == ()
        run = runs.find(conn, done.run_id)
    assert run is not None
    assert run.state is RunState.DONE


@pytest.mark.parametrize("number", [0, 99])
def test_there_is_no_such_run_to_undo(shop: Shop, number: int) -> None:
    with pytest.raises(CannotTakeBack, match=f"no run {number}"):
        undo(shop.engine, shop.settings, number, Today(noon(RUN), RUN), by="Bart")


class Died(BaseException):
    """The process is gone."""


def dying(at: str) -> Callable[[str], None]:
    """A fail point at which it dies."""

    def die(name: str) -> None:
        if name == at:
            raise Died

    return die


@pytest.mark.parametrize("at", ["run.won", "run.issued", "run.before-commit"])
def test_who_dies_in_a_batch_leaves_nothing_of_it_and_the_next_run_completes(shop: Shop, at: str) -> None:
    for name in ("Anne", "Bart", "Cris"):
        shop.add(shop.customer(name))
    before = (shop.invoices(), shop.billed())

    with pytest.raises(Died):
        shop.run(RUN, fail_point=dying(at))
    after = (shop.invoices(), shop.billed())
    done = shop.run(RUN)

    assert after == before
    assert done is not None
    assert len(done.invoices) == 3
    shop.check()


def test_a_run_that_was_killed_between_batches_can_be_undone(shop: Shop) -> None:
    numbers = [shop.customer("Anne") for _ in range(20)]  # more than the first batch
    for number in numbers:
        shop.add(number)
    seen: list[str] = []

    def die_in_the_second(name: str) -> None:
        seen.append(name)
        if seen.count("run.won") == 2:
            raise Died

    with pytest.raises(Died):
        shop.run(RUN, fail_point=die_in_the_second)
    with reading(shop.engine) as conn:
        killed = runs.listing(conn, limit=1)[0]
    notes = undo(shop.engine, shop.settings, killed.id, Today(noon(RUN), RUN), by="Bart")
    done = shop.run(RUN)

    assert (killed.state, killed.invoices) == (RunState.RUNNING, 16)
    assert len(notes) == 16
    assert done is not None
    assert len(done.invoices) == 20
    shop.check()


def test_accounts_are_looked_at_again_when_their_next_day_begins(shop: Shop) -> None:
    anne = shop.customer(zone="America/New_York")
    shop.add(anne)
    shop.run(RUN)

    with reading(shop.engine) as conn:
        (account,) = accounts.accounts(conn, (anne,)).values()

    assert account.bill_at == datetime(2026, 3, 5, 5, tzinfo=UTC)


def test_a_frozen_invoice_says_what_its_lines_say(shop: Shop) -> None:
    anne = shop.customer(organisation="Miller Ltd", city="Bonn")
    shop.add(anne, "brutto")
    done = shop.run(RUN)
    assert done is not None

    invoice = shop.invoices()[-1]

    assert (invoice.total_minor, invoice.net_minor, invoice.tax_minor) == (1199, 1008, 191)
    assert '"organisation":"Miller Ltd"' in invoice.model
    assert replace(invoice, model="").reference.startswith("RF")
    with reading(shop.engine) as conn:
        assert conn.execute(select(service_rows.c.billed_through)).scalar_one() == date(2026, 3, 15)
