"""Services end and rest: what is given back, what stays due, and what is billed no more."""

import pytest

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.service import NotPossible, State
from mailgate.flows.billing.service import ending, states
from tests.flows.billing.trade import Trade, d


def test_an_end_today_gives_the_rest_back_and_this_day_with_it(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")

    (note,) = trade.cancel(added, on="2026-04-21")

    assert note.reckoned.total_minor == 396  # 3.33 and its tax
    assert (trade.has_credit(anne), trade.goes_back(anne)) == (0, 396)
    assert trade.billed(added) == ["2026-04-01/2026-04-20"]
    ended = trade.service(added)
    assert (ended.state, ended.ended_on) == (State.CANCELLED, d("2026-04-21"))
    assert trade.run("2026-05-21") is None


def test_an_end_today_takes_the_unpaid_renewal_back_as_a_whole(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.run("2026-04-21")

    (note,) = trade.cancel(added, on="2026-04-26")

    assert [line.amount_minor for line in trade.lines(note.id)] == [167, 1000]
    assert trade.all()[1].state is DocumentState.VOID
    assert (trade.has_credit(anne), trade.goes_back(anne)) == (0, note.reckoned.total_minor - 1190)


def test_an_end_of_what_is_part_paid_gives_back_what_is_more_than_owed(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "5.00", on="2026-04-01")

    (note,) = trade.cancel(added, on="2026-04-10")

    assert note.reckoned.total_minor == 833  # 21 of 30 days
    assert trade.invoice(first.number).state is DocumentState.PAID
    assert (trade.has_credit(anne), trade.goes_back(anne)) == (0, 500 + 833 - 1190)


def test_addons_end_with_their_plan_and_domains_give_nothing_back(trade: Trade, anne: int) -> None:
    plan, _ = trade.add(anne, "small", on="2026-04-01")
    addon, _ = trade.add(anne, "shield", "yearly", on="2026-04-01", parent_id=plan.id)
    domain, _ = trade.add(anne, "name", "yearly", on="2026-04-01")

    (note,) = trade.cancel(plan, on="2026-04-11")

    assert [line.amount_minor for line in trade.lines(note.id)] == [667, 3550]  # 20 of 30; 355 of 365 of 36.50
    assert [trade.service(one).state for one in (plan, addon, domain)] == [
        State.CANCELLED,
        State.CANCELLED,
        State.ACTIVE,
    ]
    assert trade.cancel(domain, on="2026-04-11") == ()
    assert trade.billed(domain) == ["2026-04-01/2027-03-31"]


def test_what_was_paid_elsewhere_is_used_up_before_the_end(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "name", "yearly", on="2026-03-01", paid_through=d("2026-06-14"))

    assert trade.cancel(added, on="2026-03-05", at_end=True) == ()

    assert (trade.service(added).state, trade.service(added).cancel_on) == (State.ACTIVE, d("2026-06-15"))
    assert trade.run("2026-06-05") is None


def test_setup_and_what_is_sold_once_are_not_given_back(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "medium", on="2026-04-01")
    hour, _ = trade.add(anne, "hour", "one-time", on="2026-04-01")

    (note,) = trade.cancel(added, on="2026-04-16")

    assert [line.amount_minor for line in trade.lines(note.id)] == [1000]
    assert trade.cancel(hour, on="2026-04-16") == ()


def test_an_end_of_what_is_paid_is_that_of_its_period(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.run("2026-04-21")

    (note,) = trade.cancel(added, on="2026-04-26", at_end=True)

    assert trade.service(added).cancel_on == d("2026-05-01")
    assert [line.amount_minor for line in trade.lines(note.id)] == [1000]
    assert trade.all()[1].state is DocumentState.VOID
    assert trade.has_credit(anne) == 0
    assert trade.run("2026-05-21") is None
    with trade.deal(anne, "2026-05-01") as deal:
        assert [one.id for one in states.end_what_is_over(deal)] == [added.id]
    assert trade.service(added).state is State.CANCELLED


def test_an_end_with_the_renewal_paid_is_that_of_the_renewal(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    ran = trade.run("2026-04-21")
    assert ran is not None
    trade.pay(ran.invoices[0], "11.90", on="2026-04-22")

    assert trade.cancel(added, on="2026-04-26", at_end=True) == ()

    assert trade.service(added).cancel_on == d("2026-06-01")


@pytest.mark.parametrize("paid", ["", "5.00"])
def test_an_end_of_what_nobody_has_paid_as_a_whole_is_now(trade: Trade, anne: int, paid: str) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    if paid:
        trade.pay(first.number, paid, on="2026-04-01")

    (note,) = trade.cancel(added, on="2026-04-16", at_end=True)

    assert trade.service(added).state is State.CANCELLED
    assert note.reckoned.net_minor == 500
    assert trade.invoice(first.number).total_minor - trade.invoice(first.number).open_minor == 595 + (
        500 if paid else 0
    )


def test_what_a_credit_note_has_changed_is_paid_when_its_invoice_is(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "large", on="2026-04-01")
    trade.change(added, on="2026-04-11", sku="small")

    trade.cancel(added, on="2026-04-16", at_end=True)

    assert trade.service(added).state is State.CANCELLED  # nobody has paid anything


@pytest.mark.parametrize("at_end", [True, False])
def test_the_quote_of_an_end_is_what_is_given_back(trade: Trade, anne: int, at_end: bool) -> None:
    plan, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.add(anne, "shield", "yearly", on="2026-04-01", parent_id=plan.id)
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.run("2026-04-21")
    with trade.deal(anne, "2026-04-26") as deal:
        plan = next(one for one in deal.payer.services if one.id == plan.id)
        quoted = ending.end_of(deal, plan, at_end=at_end).quote

    (note,) = trade.cancel(plan, on="2026-04-26", at_end=at_end)

    assert quoted.reckoned.total_minor == -note.reckoned.total_minor
    assert [leg.charge.amount_minor for leg in quoted.legs] == [-line.amount_minor for line in trade.lines(note.id)]


def test_the_quote_of_an_end_that_is_now_since_nobody_paid_gives_nothing_back_of_a_domain(
    trade: Trade, anne: int
) -> None:
    domain, _ = trade.add(anne, "name", "yearly", on="2026-04-01")

    with trade.deal(anne, "2026-04-26") as deal:
        assert ending.end_of(deal, deal.payer.services[0], at_end=True).quote.legs == ()
    assert trade.cancel(domain, on="2026-04-26", at_end=True) == ()


def test_an_addon_that_ends_with_its_plan_gives_back_what_nobody_paid_behind_it(trade: Trade, anne: int) -> None:
    plan, (first,) = trade.add(anne, "small", on="2026-04-01")
    addon, _ = trade.add(anne, "shield", "yearly", on="2026-04-01", parent_id=plan.id)
    trade.pay(first.number, "11.90", on="2026-04-01")

    (note,) = trade.cancel(plan, on="2026-04-16", at_end=True)

    assert [line.amount_minor for line in trade.lines(note.id)] == [3350]  # 335 days of 0.10
    assert trade.service(addon).cancel_on == d("2026-05-01")
    assert trade.billed(addon) == ["2026-04-01/2026-04-30"]


def test_an_addon_renews_no_further_than_its_plan_goes(trade: Trade, anne: int) -> None:
    plan, (first,) = trade.add(anne, "small", "yearly", on="2026-04-01")
    addon, (second,) = trade.add(anne, "shield", on="2026-04-11", parent_id=plan.id)
    trade.pay(first.number, "119.00", on="2026-04-01")
    trade.pay(second.number, "3.57", on="2026-04-11")
    trade.cancel(plan, on="2026-04-16", at_end=True)

    trade.run("2027-03-02")

    assert trade.billed(addon)[-1] == "2027-03-11/2027-03-31"
    assert trade.lines(trade.all()[-1].id)[-1].amount_minor == 203  # 21 of 31 days


def test_an_addon_of_a_plan_that_ends_is_billed_up_to_that(trade: Trade, anne: int) -> None:
    plan, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.cancel(plan, on="2026-04-16", at_end=True)

    addon, (invoice,) = trade.add(anne, "shield", on="2026-04-21", parent_id=plan.id)

    assert trade.billed(addon) == ["2026-04-21/2026-04-30"]
    assert invoice.reckoned.net_minor == 100  # ten of 30 days


def test_what_is_ended_cannot_be_ended_again(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.cancel(added, on="2026-04-16", at_end=True)

    with pytest.raises(NotPossible, match="ends on 2026-04-30 already"):
        trade.cancel(added, on="2026-04-17", at_end=True)
    trade.cancel(added, on="2026-04-18")  # sooner
    with pytest.raises(NotPossible, match="cancelled"):
        trade.cancel(added, on="2026-04-19")

    assert (trade.has_credit(anne), trade.goes_back(anne)) == (0, 515)  # 13 days of 30, and their tax


def test_what_is_suspended_is_not_billed_and_the_hole_stays(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    trade.suspend(added, on="2026-04-15")

    assert trade.run("2026-06-12") is None
    trade.restore(added, on="2026-06-12")
    trade.run("2026-06-12")

    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-06-12/2026-06-30"]
    (line,) = trade.lines(trade.all()[-1].id)
    assert line.amount_minor == 633  # 19 of 30 days
    assert trade.all()[-1].due_on == d("2026-06-22")


def test_a_short_rest_leaves_no_hole(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    trade.suspend(added, on="2026-04-05")
    trade.restore(added, on="2026-04-08")

    trade.run("2026-04-21")

    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31"]


def test_it_comes_back_no_sooner_than_it_went(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    trade.suspend(added, on="2026-04-15")

    with pytest.raises(NotPossible, match="2026-04-15"):
        trade.restore(added, on="2026-04-14")


def test_an_end_while_suspended_gives_back_from_the_day_of_that(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.suspend(added, on="2026-04-16")

    (note,) = trade.cancel(added, on="2026-04-26")

    assert note.reckoned.net_minor == 500
    assert trade.invoice(first.number).open_minor == 595


def test_a_pending_service_that_ends_was_never_there(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "medium", on="2026-04-01", is_pending=True)

    (note,) = trade.cancel(added, on="2026-04-26")

    assert note.reckoned.total_minor == first.reckoned.total_minor  # its set-up, too
    assert trade.invoice(first.number).state is DocumentState.VOID
    assert trade.billed(added) == []


def test_nothing_is_given_back_of_what_was_written_off(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.write_off(first.number, on="2026-04-10")

    assert trade.cancel(added, on="2026-04-16") == ()
    assert trade.has_credit(anne) == 0


def test_nothing_is_given_back_twice(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.credit(first.number, "10.00", on="2026-04-10")

    documents = trade.cancel(added, on="2026-04-11")  # 20 of 30 days would be 7.93

    assert sum(one.reckoned.total_minor for one in documents) == 190
    assert (trade.has_credit(anne), trade.goes_back(anne)) == (1000, 190)


def test_nothing_is_given_back_of_what_was_void(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.void(first.number, on="2026-04-02")

    assert trade.cancel(added, on="2026-04-16") == ()
    assert len(trade.all(DocumentKind.CREDIT_NOTE)) == 1


def test_days_that_a_missed_run_has_not_billed_are_billed_by_the_end(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")

    (invoice,) = trade.cancel(added, on="2026-05-11")

    assert invoice.wanted.kind is DocumentKind.INVOICE
    assert [line.amount_minor for line in trade.lines(invoice.id)] == [323]  # ten of 31 days
    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-10"]
