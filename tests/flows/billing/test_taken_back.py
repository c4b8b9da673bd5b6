"""What is given up and what is taken back: credit notes, and the books after each."""

import pytest

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.flows.billing.back.take_back import CannotTakeBack
from mailgate.flows.billing.money.settle import NotOpen
from store.billing import credited, invoices
from store.engine import reading
from tests.flows.billing.trade import Trade, d


def test_what_nobody_will_pay_is_given_up(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "5.00", on="2026-04-02")

    assert trade.write_off(invoice.number, on="2026-05-02") == 690

    assert trade.invoice(invoice.number).state is DocumentState.WRITTEN_OFF
    with pytest.raises(NotOpen):
        trade.write_off(invoice.number, on="2026-05-02")
    with pytest.raises(NotOpen):
        trade.pay(invoice.number, "6.90", on="2026-05-03")


def test_a_whole_invoice_is_taken_back_by_a_credit_note(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "medium", on="2026-04-01")

    note = trade.void(invoice.number, on="2026-04-03")

    after = trade.invoice(invoice.number)
    assert (after.state, after.open_minor) == (DocumentState.VOID, 0)
    assert (note.number, note.reckoned.total_minor) == ("CN-2026-0001", invoice.reckoned.total_minor)
    assert trade.billed(added) == ["2026-04-01/2026-04-30"]
    assert trade.has_credit(anne) == 0
    with reading(trade.engine) as conn:
        assert [one.number for one in credited.notes(conn, invoice.id)] == [note.number]


def test_what_was_paid_of_it_becomes_credit(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "5.00", on="2026-04-02")
    trade.give(anne, "2.00", on="2026-04-02")

    trade.void(invoice.number, on="2026-04-03")

    assert trade.has_credit(anne) == 700
    with reading(trade.engine) as conn:
        assert invoices.settled(conn, invoice.id) == ()


@pytest.mark.parametrize("how", ["paid", "void", "written off", "credited"])
def test_what_is_settled_is_not_made_void(trade: Trade, anne: int, how: str) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    if how == "paid":
        trade.pay(invoice.number, "11.90", on="2026-04-02")
    elif how == "void":
        trade.void(invoice.number, on="2026-04-02")
    elif how == "written off":
        trade.write_off(invoice.number, on="2026-04-02")
    else:
        trade.credit(invoice.number, "1.00", on="2026-04-02")
    before = trade.all(), trade.all(DocumentKind.CREDIT_NOTE)

    with pytest.raises(CannotTakeBack, match=invoice.number):
        trade.void(invoice.number, on="2026-04-03")

    assert (trade.all(), trade.all(DocumentKind.CREDIT_NOTE)) == before


def test_an_invoice_that_a_change_has_given_back_in_part_is_not_made_void(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    (second,) = trade.change(added, on="2026-04-11", sku="large")

    with pytest.raises(CannotTakeBack, match=second.number):
        trade.void(first.number, on="2026-04-12")


def test_what_is_billed_again_is_free_for_the_next_run(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    ran = trade.run("2026-04-21")
    assert ran is not None

    trade.void(ran.invoices[0], on="2026-04-22", bill_again=True)
    assert trade.billed(added) == ["2026-04-01/2026-04-30"]
    again = trade.run("2026-04-22")

    assert again is not None
    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31"]
    assert trade.invoice(again.invoices[0]).total_minor == 1190


def test_what_was_sold_once_is_billed_again(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "hour", "one-time", on="2026-04-01")

    trade.void(invoice.number, on="2026-04-02", bill_again=True)
    again = trade.run("2026-04-02")

    assert again is not None
    assert trade.invoice(again.invoices[0]).total_minor == 9520


def test_days_in_front_of_billed_ones_are_not_made_free(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    ran = trade.run("2026-04-21")
    assert ran is not None

    with pytest.raises(CannotTakeBack, match=ran.invoices[0]):
        trade.void(first.number, on="2026-04-22", bill_again=True)

    assert trade.billed(added) == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31"]


def test_days_of_a_change_are_not_billed_again(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    (invoice,) = trade.change(added, on="2026-04-11", sku="large")

    with pytest.raises(CannotTakeBack, match="of a change"):
        trade.void(invoice.number, on="2026-04-12", bill_again=True)
    trade.void(invoice.number, on="2026-04-12")


def test_a_set_up_is_not_lost_by_billing_again(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "medium", on="2026-04-01")

    with pytest.raises(CannotTakeBack, match="set-up"):
        trade.void(invoice.number, on="2026-04-02", bill_again=True)


def test_a_part_is_given_back_and_lowers_what_is_open(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    note = trade.credit(invoice.number, "5.00", on="2026-04-02")

    assert (note.reckoned.net_minor, note.reckoned.tax_minor) == (420, 80)
    assert trade.invoice(invoice.number).open_minor == 690
    with pytest.raises(CannotTakeBack, match=r"no more than 6\.90 EUR"):
        trade.credit(invoice.number, "6.91", on="2026-04-03")
    trade.credit(invoice.number, "6.90", on="2026-04-03")
    assert trade.invoice(invoice.number).state is DocumentState.VOID
    with pytest.raises(CannotTakeBack, match=r"no more than 0\.00 EUR"):
        trade.credit(invoice.number, "0.01", on="2026-04-03")


def test_a_part_of_what_is_paid_becomes_credit(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "11.90", on="2026-04-02")

    trade.credit(invoice.number, "5.00", on="2026-04-03")

    assert trade.has_credit(anne) == 500
    assert trade.invoice(invoice.number).state is DocumentState.PAID


def test_of_what_was_written_off_no_credit_is_made(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "5.00", on="2026-04-02")
    trade.write_off(invoice.number, on="2026-04-03")

    with pytest.raises(CannotTakeBack, match=r"no more than 5\.00 EUR"):
        trade.credit(invoice.number, "5.01", on="2026-04-04")
    trade.credit(invoice.number, "5.00", on="2026-04-04")

    assert trade.has_credit(anne) == 500


def test_a_part_of_two_rates_is_given_back_of_both(trade: Trade, anne: int) -> None:
    from mailgate.billing.catalogue.reading import read_catalogue
    from store.billing import catalogue
    from store.engine import transaction
    from tests.flows.billing.trade import SHOP, noon

    more = SHOP.read_text() + '\n[[tax]]\ncountry = "DE"\nclass = "low"\nrate = "7"\nname = "VAT"\n'
    more = more.replace('sku = "early"', 'sku = "early"\ntax_class = "low"')
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(more.encode(), "shop.toml"), by="Bart", now=noon(d("2026-03-01")))
    trade.add(anne, "small", on="2026-04-01")
    trade.add(anne, "early", on="2026-04-01")
    ran = trade.run("2026-04-21")
    assert ran is not None
    assert trade.invoice(ran.invoices[0]).total_minor == 1190 + 749

    note = trade.credit(ran.invoices[0], "10.00", on="2026-04-22")

    by_rate = {tax.rate.text: tax.net_minor + tax.tax_minor for tax in note.reckoned.taxes}
    assert by_rate == {"19": 614, "7": 386}  # 1000 by 1190 and 749
