"""Services that were paid elsewhere, and customers that are billed elsewhere."""

import pytest

from mailgate.billing.service import NotPossible
from tests.flows.billing.trade import Trade, d


def test_what_was_paid_elsewhere_is_billed_from_the_day_after(trade: Trade, anne: int) -> None:
    added, documents = trade.add(
        anne, "name", "yearly", on="2026-03-01", start_on=d("2020-06-15"), paid_through=d("2026-06-14")
    )

    assert documents == ()
    assert trade.run("2026-06-04") is None
    trade.run("2026-06-05")
    assert trade.billed(added) == ["2026-06-15/2027-06-14"]


def test_a_domain_that_is_moved_in_without_its_start_renews_for_a_whole_year(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "name", "yearly", on="2026-03-01", paid_through=d("2026-06-14"))

    trade.run("2026-06-05")

    assert trade.billed(added) == ["2026-06-15/2027-06-14"]
    assert trade.all()[0].net_minor == 1200


def test_the_true_day_of_a_moved_service_is_kept(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-02-10", start_on=d("2025-01-31"), paid_through=d("2026-02-27"))

    trade.run("2026-02-18")
    trade.run("2026-03-21")

    assert trade.billed(added) == ["2026-02-28/2026-03-30", "2026-03-31/2026-04-29"]


def test_the_first_aligned_service_that_is_moved_in_sets_the_bill_day_by_what_is_paid(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-02-10", paid_through=d("2026-02-19"))

    trade.run("2026-02-10")

    assert trade.billed(added) == ["2026-02-20/2026-03-19"]


def test_what_is_sold_once_and_was_paid_elsewhere_is_never_billed(trade: Trade, anne: int) -> None:
    trade.add(anne, "hour", "one-time", on="2026-03-09", paid_through=d("2026-02-01"))

    assert trade.run("2026-03-09") is None


def test_nobody_paid_for_days_before_the_first(trade: Trade, anne: int) -> None:
    with pytest.raises(NotPossible, match="2026-02-01"):
        trade.add(anne, "small", on="2026-03-01", start_on=d("2026-03-05"), paid_through=d("2026-02-01"))


def test_a_customer_that_is_billed_elsewhere_gets_no_invoice(trade: Trade) -> None:
    bart = trade.customer("Bart", billed_elsewhere=True)

    _, documents = trade.add(bart, "small", on="2026-03-01")

    assert documents == ()
    assert trade.run("2026-04-01") is None


def test_whoever_is_billed_here_again_is_from_that_day_on(trade: Trade) -> None:
    bart = trade.customer("Bart", billed_elsewhere=True)
    added, _ = trade.add(bart, "small", on="2026-03-01")
    once, _ = trade.add(bart, "hour", "one-time", on="2026-03-01")

    trade.edit(bart, on="2026-05-11", billed_elsewhere=False)
    trade.run("2026-05-11")

    assert trade.billed(added) == ["2026-05-11/2026-05-31"]
    assert trade.service(once).billed_through == d("2026-03-02")
    assert [one.net_minor for one in trade.all()] == [677]  # 21 of 31 days
