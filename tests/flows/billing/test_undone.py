"""Days that are made free are billed once more: by the run, at the same price, and none of them is lost or double."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.service import Service
from mailgate.flows.billing.back.take_back import CannotTakeBack, undo
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.run import Ran
from mailgate.flows.billing.service.reprice import reprice
from store.billing import catalogue, invoices, services
from store.engine import connect, reading, transaction
from tests.flows.billing.trade import SHOP, Trade, d, noon


def ran(trade: Trade, on: str) -> Ran:
    """A run that has something to bill."""
    found = trade.run(on)
    assert found is not None
    return found


def undone(trade: Trade, run: Ran, on: str) -> tuple[str, ...]:
    """The run is taken back."""
    return undo(trade.engine, trade.settings, run.run_id, Today(noon(d(on)), d(on)), by="Bart")


def dearer(trade: Trade, price: str, *, on: str, from_on: str) -> None:
    """Small costs another price from a renewal on."""
    text = SHOP.read_text().replace('EUR = { monthly = "10.00"', f'EUR = {{ monthly = "{price}"', 1)
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(text.encode(), "shop.toml"), by="Bart", now=noon(d(on)))
    reprice(trade.engine, "small", d(from_on), dry_run=False, by="Bart", now=noon(d(on)))


def prices(trade: Trade, service: Service) -> list[tuple[str, int]]:
    """First days of what is billed, with the price of the whole cycle."""
    with reading(trade.engine) as conn:
        return [(one.period.start.isoformat(), one.price_minor) for one in services.billed(conn, service.id)]


def pay(trade: Trade, number: str, _: Service) -> None:
    trade.pay(number, "11.90", on="2026-04-22")


def take_back(trade: Trade, number: str, _: Service) -> None:
    trade.void(number, on="2026-04-22")


def give_back(trade: Trade, number: str, _: Service) -> None:
    trade.credit(number, "0.01", on="2026-04-22")


def give_up(trade: Trade, number: str, _: Service) -> None:
    trade.write_off(number, on="2026-04-22")


def change(trade: Trade, _: str, service: Service) -> None:
    trade.change(service, on="2026-04-22", sku="large")


def end(trade: Trade, _: str, service: Service) -> None:
    trade.cancel(service, on="2026-04-22")


def bill_again(trade: Trade, number: str, _: Service) -> None:
    trade.void(number, on="2026-04-22", bill_again=True)
    trade.run("2026-04-22")


@pytest.mark.parametrize("meanwhile", [pay, take_back, give_back, give_up, change, end, bill_again])
def test_a_run_is_not_undone_when_something_became_of_one_of_its_invoices(
    trade: Trade, anne: int, meanwhile: Callable[[Trade, str, Service], None]
) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    other, _ = trade.add(trade.customer("Bart"), "small", on="2026-04-01")
    run = ran(trade, "2026-04-21")
    meanwhile(trade, run.invoices[0], added)
    before = trade.all(), trade.all(DocumentKind.CREDIT_NOTE), trade.billed(added), trade.billed(other)

    with pytest.raises(CannotTakeBack, match=run.invoices[0]):
        undone(trade, run, "2026-04-23")

    assert (trade.all(), trade.all(DocumentKind.CREDIT_NOTE), trade.billed(added), trade.billed(other)) == before


def test_what_was_paid_in_part_is_credit_and_settles_what_is_billed_anew(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    run = ran(trade, "2026-04-21")
    trade.pay(run.invoices[0], "5.00", on="2026-04-22")

    undone(trade, run, "2026-04-23")
    again = ran(trade, "2026-04-23")

    assert trade.has_credit(anne) == 500
    assert trade.use_credit(anne, on="2026-05-03") == {again.invoices[0]: 500}
    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31"]


def test_a_new_price_that_had_begun_begins_again_at_the_same_renewal(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    dearer(trade, "12.00", on="2026-04-02", from_on="2026-05-15")
    undone(trade, ran(trade, "2026-06-01"), "2026-06-01")  # both renewals: one at the old price, one at the new
    assert prices(trade, added) == [("2026-04-01", 1000)]

    ran(trade, "2026-06-01")

    assert prices(trade, added) == [("2026-04-01", 1000), ("2026-05-01", 1000), ("2026-06-01", 1200)]


def test_a_second_new_price_after_an_undo_takes_the_place_of_the_first(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    dearer(trade, "12.00", on="2026-04-02", from_on="2026-05-01")
    undone(trade, ran(trade, "2026-04-21"), "2026-04-21")
    dearer(trade, "13.00", on="2026-04-21", from_on="2026-05-01")

    for day in ("2026-04-21", "2026-05-22"):
        ran(trade, day)

    assert prices(trade, added) == [("2026-04-01", 1000), ("2026-05-01", 1300), ("2026-06-01", 1300)]


def test_undone_and_billed_again_any_number_of_times_it_is_the_same(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    dearer(trade, "12.00", on="2026-04-02", from_on="2026-06-01")
    for _ in range(3):
        undone(trade, ran(trade, "2026-05-22"), "2026-05-22")
    ran(trade, "2026-05-22")

    assert prices(trade, added) == [("2026-04-01", 1000), ("2026-05-01", 1000), ("2026-06-01", 1200)]
    assert trade.service(added).next_on is None


def test_a_bill_day_that_moves_while_the_stub_is_open_leaves_no_day_out(trade: Trade, anne: int) -> None:
    trade.edit(anne, on="2026-04-01", bill_day=1)
    added, (stub,) = trade.add(anne, "small", on="2026-04-10")
    trade.edit(anne, on="2026-04-12", bill_day=20)
    ran(trade, "2026-04-21")

    assert trade.billed(added) == ["2026-04-10/2026-04-30", "2026-05-01/2026-05-19"]
    assert trade.lines(trade.all()[-1].id)[0].amount_minor == 633  # 19 of the 30 days from 20 April on
    with pytest.raises(CannotTakeBack, match=trade.all()[-1].number):
        trade.void(stub.number, on="2026-04-22", bill_again=True)


def test_a_stub_that_is_billed_anew_ends_on_the_bill_day_of_now(trade: Trade, anne: int) -> None:
    trade.edit(anne, on="2026-04-01", bill_day=1)
    added, (stub,) = trade.add(anne, "small", on="2026-04-10")
    trade.edit(anne, on="2026-04-12", bill_day=20)

    trade.void(stub.number, on="2026-04-13", bill_again=True)
    ran(trade, "2026-04-13")

    assert trade.billed(added) == ["2026-04-10/2026-04-19", "2026-04-20/2026-05-19"]
    assert [line.amount_minor for line in trade.lines(trade.all()[-1].id)] == [323, 1000]  # ten of 31


def test_a_moved_bill_day_and_a_change_of_the_stub_are_reckoned_by_the_cycle_it_was_billed_in(
    trade: Trade, anne: int
) -> None:
    trade.edit(anne, on="2026-04-01", bill_day=1)
    added, _ = trade.add(anne, "small", on="2026-04-10")
    trade.edit(anne, on="2026-04-12", bill_day=20)

    (invoice,) = trade.change(added, on="2026-04-21", sku="large")

    assert [line.amount_minor for line in trade.lines(invoice.id)] == [-333, 1000]  # ten of 30 days, each
    assert trade.billed(added) == ["2026-04-10/2026-04-20", "2026-04-21/2026-04-30"]


def test_days_that_were_had_before_a_rest_are_not_made_free_and_lost(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.suspend(added, on="2026-04-20")

    with pytest.raises(CannotTakeBack, match=f"service {added.id} is suspended"):
        trade.void(invoice.number, on="2026-04-21", bill_again=True)
    trade.restore(added, on="2026-04-22")
    trade.void(invoice.number, on="2026-04-22", bill_again=True)
    trade.run("2026-04-22")

    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31"]


def test_days_behind_a_rest_are_made_free(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    run = ran(trade, "2026-04-21")
    trade.suspend(added, on="2026-04-25")

    undone(trade, run, "2026-04-26")

    assert trade.billed(added) == ["2026-04-01/2026-04-30"]
    assert trade.run("2026-05-02") is None


def test_days_of_what_has_ended_are_not_made_free_and_lost(trade: Trade, anne: int) -> None:
    domain, (invoice,) = trade.add(anne, "name", "yearly", on="2026-04-01")
    trade.cancel(domain, on="2026-05-01")  # of which nothing is given back

    with pytest.raises(CannotTakeBack, match=f"service {domain.id} has ended"):
        trade.void(invoice.number, on="2026-05-02", bill_again=True)
    trade.void(invoice.number, on="2026-05-02")


def test_a_payment_and_credit_that_settle_an_invoice_at_once_settle_it_once(trade: Trade, anne: int) -> None:
    trade.give(anne, "11.90", on="2026-03-01")
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01", start_on=d("2026-04-05"))
    url = trade.engine.url.render_as_string(hide_password=False)
    begin = Barrier(2)

    def beside(act: Callable[[Trade], object]) -> None:
        engine = connect(url)
        begin.wait()
        act(Trade(engine, trade.settings))
        engine.dispose()

    acts: list[Callable[[Trade], object]] = [
        lambda one: one.pay(invoice.number, "11.90", on="2026-04-05", as_credit=True),
        lambda one: one.use_credit(anne, on="2026-04-05"),
    ]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(beside, acts))

    assert trade.invoice(invoice.number).state is DocumentState.PAID
    assert trade.has_credit(anne) == 1190
    with reading(trade.engine) as conn:
        assert sum(one.amount_minor for one in invoices.settled(conn, invoice.id)) == 1190
