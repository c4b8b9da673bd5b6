"""Other terms: what was billed is given back for the days that are left, and charged by the new ones."""

import pytest

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.flows.billing.service import terms
from store.billing import catalogue
from store.engine import transaction
from tests.flows.billing.trade import SHOP, Trade, d, noon


def test_an_upgrade_is_billed_for_the_days_that_are_left(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")

    (invoice,) = trade.change(added, on="2026-04-21", sku="medium")

    assert [line.amount_minor for line in trade.lines(invoice.id)] == [-333, 667]
    assert trade.invoice(invoice.number).due_on == d("2026-04-21")
    assert trade.billed(added) == ["2026-04-01/2026-04-20", "2026-04-21/2026-04-30"]
    assert trade.run("2026-04-21") is not None
    assert trade.all()[-1].net_minor == 2000


def test_a_renewal_that_was_issued_is_changed_as_a_whole(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    trade.run("2026-04-21")

    (invoice,) = trade.change(added, on="2026-04-26", sku="medium")

    assert [line.amount_minor for line in trade.lines(invoice.id)] == [-167, 333, -1000, 2000]
    assert trade.billed(added) == ["2026-04-01/2026-04-25", "2026-04-26/2026-04-30", "2026-05-01/2026-05-31"]
    assert trade.all()[1].state is DocumentState.ISSUED  # the renewal stays as it is


def test_a_downgrade_is_a_credit_note_against_what_it_credits(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "large", on="2026-04-01")

    (note,) = trade.change(added, on="2026-04-16", sku="small")

    assert note.wanted.kind is DocumentKind.CREDIT_NOTE
    assert note.reckoned.total_minor == 1190  # half of 20.00 and its tax
    assert trade.invoice(first.number).open_minor == 3570 - 1190
    assert trade.has_credit(anne) == 0


def test_a_downgrade_of_what_is_paid_becomes_credit(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "large", on="2026-04-01")
    trade.pay(first.number, "35.70", on="2026-04-02")

    trade.change(added, on="2026-04-16", sku="small")

    assert trade.has_credit(anne) == 1190


def test_a_credit_note_lowers_other_invoices_before_it_becomes_credit(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "large", on="2026-04-01")
    trade.pay(first.number, "35.70", on="2026-04-02")
    _, (other,) = trade.add(anne, "hour", "one-time", on="2026-04-03")

    trade.change(added, on="2026-04-16", sku="small")

    assert trade.invoice(other.number).open_minor == 9520 - 1190
    assert trade.has_credit(anne) == 0


def test_what_another_invoice_s_credit_pays_is_paid_and_not_void(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "large", on="2026-04-01")
    trade.pay(first.number, "35.70", on="2026-04-02")
    _, (other,) = trade.add(anne, "shield", on="2026-04-03", parent_id=added.id)

    trade.change(added, on="2026-04-16", sku="small")

    assert trade.invoice(other.number).total_minor == 357
    assert trade.invoice(other.number).state is DocumentState.PAID


def test_there_and_back_on_one_day_comes_to_nothing(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-02")

    (there,) = trade.change(added, on="2026-04-08", sku="gross")
    (back,) = trade.change(added, on="2026-04-08", sku="small")

    assert there.wanted.kind != back.wanted.kind or there.reckoned.total_minor == 0
    assert there.reckoned.total_minor == back.reckoned.total_minor
    assert trade.has_credit(anne) == 0


@pytest.mark.parametrize("sku", ["medium", "large"])
def test_up_and_down_again_on_one_day_is_given_back_to_the_cent(trade: Trade, anne: int, sku: str) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-02")
    (up,) = trade.change(added, on="2026-04-08", sku=sku)

    (down,) = trade.change(added, on="2026-04-08", sku="small")

    assert down.wanted.kind is DocumentKind.CREDIT_NOTE
    assert down.reckoned.total_minor == up.reckoned.total_minor
    assert trade.invoice(up.number).state is DocumentState.VOID
    assert trade.has_credit(anne) == 0
    assert trade.billed(added) == ["2026-04-01/2026-04-07", "2026-04-08/2026-04-30"]


def test_another_cycle_begins_with_the_day_of_the_change(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")

    (invoice,) = trade.change(added, on="2026-04-16", cycle="yearly")

    # Half of 10.00 back; fifteen of 365 days of 100.00 up to the bill day, and the first whole year.
    assert [line.amount_minor for line in trade.lines(invoice.id)] == [-500, 411, 10000]
    assert trade.billed(added) == ["2026-04-01/2026-04-15", "2026-04-16/2026-04-30", "2026-05-01/2027-04-30"]


def test_a_shorter_cycle_gives_the_rest_of_the_year_back(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", "yearly", on="2026-04-01")

    (note,) = trade.change(added, on="2026-04-16", cycle="monthly")

    assert [line.amount_minor for line in trade.lines(note.id)] == [9589, -500]  # 350 of 365 days; 15 of 30
    assert trade.billed(added) == ["2026-04-01/2026-04-15", "2026-04-16/2026-04-30"]
    trade.run("2026-04-21")
    assert trade.all()[-1].net_minor == 1000


def test_more_of_an_option_costs_its_part(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")

    (invoice,) = trade.change(added, on="2026-04-16", options={"mailboxes": 30})

    assert [line.amount_minor for line in trade.lines(invoice.id)] == [-500, 700]
    assert dict(trade.service(added).options) == {"mailboxes": 30}


def test_an_option_keeps_the_price_that_the_plan_was_sold_at(trade: Trade, anne: int) -> None:
    from mailgate.billing.catalogue.reading import read_catalogue

    added, _ = trade.add(anne, "small", on="2026-04-01")
    dearer = SHOP.read_text().replace('monthly = "10.00", quarterly', 'monthly = "90.00", quarterly')
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(dearer.encode(), "shop.toml"), by="Bart", now=noon(d("2026-04-10")))

    trade.change(added, on="2026-04-16", options={"mailboxes": 30})

    assert trade.service(added).price_minor == 1400


def test_with_the_tax_and_without_stand_on_one_document(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "large", on="2026-04-01")
    trade.change(added, on="2026-04-01", sku="small")

    (document,) = trade.change(added, on="2026-04-16", sku="gross")

    assert [line.inclusive for line in trade.lines(document.id)] == [False, True]
    assert document.reckoned.total_minor == 0


def test_what_costs_as_much_is_changed_without_a_document_and_given_back_later_all_the_same(
    trade: Trade, anne: int
) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.change(added, on="2026-04-30", options={"mailboxes": 20})

    assert trade.service(added).price_minor == 1200
    trade.cancel(added, on="2026-04-30")
    assert trade.invoice(first.number).open_minor < 1190


def test_a_quote_sets_no_bill_day_and_the_change_does(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "free", on="2026-04-05")
    with trade.deal(anne, "2026-04-16") as deal:
        terms.quote_new_terms(deal, deal.payer.services[0], sku="small", months=12)
    with trade.deal(anne, "2026-04-16") as deal:
        assert deal.payer.account.bill_day is None

    trade.change(added, on="2026-04-16", sku="small", cycle="yearly")

    with trade.deal(anne, "2026-04-16") as deal:
        assert deal.payer.account.bill_day == 16
    assert trade.billed(added)[-1] == "2026-04-16/2027-04-15"


def test_a_free_plan_becomes_a_paid_one(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "free", on="2026-04-01")

    (invoice,) = trade.change(added, on="2026-04-16", sku="small")

    assert [line.amount_minor for line in trade.lines(invoice.id)] == [500]
    assert trade.billed(added) == ["2026-04-01/2026-04-15", "2026-04-16/2026-04-30"]


def test_a_credit_of_former_tax_is_at_its_own_rate(trade: Trade, anne: int) -> None:
    from mailgate.billing.catalogue.reading import read_catalogue

    added, _ = trade.add(anne, "small", on="2026-04-01")
    other = SHOP.read_text() + '\n[[tax]]\ncountry = "DE"\nrate = "25"\nname = "VAT"\nfrom = 2026-04-10\n'
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(other.encode(), "shop.toml"), by="Bart", now=noon(d("2026-04-10")))

    (invoice,) = trade.change(added, on="2026-04-16", sku="medium")

    assert [(line.amount_minor, line.tax_rate) for line in trade.lines(invoice.id)] == [(-500, "19"), (1000, "25")]


def test_a_credit_note_says_which_invoices_it_is_about(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "large", on="2026-04-01")
    trade.run("2026-04-21")
    renewal = trade.all()[1]

    (note,) = trade.change(added, on="2026-04-26", sku="small")

    (found,) = trade.all(DocumentKind.CREDIT_NOTE)
    assert f'"originals":["{first.number}","{renewal.number}"]' in found.model
    assert [line.original_id for line in trade.lines(note.id) if line.kind == "credit"] == [first.id, renewal.id]
    assert trade.invoice(first.number).open_minor == 3570 - note.reckoned.total_minor  # the oldest due first


def test_a_plan_is_changed_in_its_own_currency_whatever_its_customer_pays_in_now(trade: Trade, anne: int) -> None:
    from sqlalchemy import text

    added, _ = trade.add(anne, "small", on="2026-04-01")
    with transaction(trade.engine) as conn:
        conn.execute(text("UPDATE customers SET currency = 'JPY'"))

    (invoice,) = trade.change(added, on="2026-04-16", sku="medium")

    assert invoice.wanted.currency == "EUR"


def test_a_change_of_somebody_who_is_billed_elsewhere_costs_nothing_here(trade: Trade) -> None:
    bart = trade.customer("Bart", billed_elsewhere=True)
    added, _ = trade.add(bart, "small", on="2026-04-01")

    assert trade.change(added, on="2026-06-10", sku="medium") == ()
    assert trade.change(added, on="2026-06-10", cycle="yearly") == ()
    assert trade.service(added).price_minor == 20000


def test_the_quote_is_what_is_billed(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")
    trade.run("2026-04-21")
    with trade.deal(anne, "2026-04-23") as deal:
        _, quote = terms.quote_new_terms(deal, deal.payer.services[0], sku="medium")

    (invoice,) = trade.change(added, on="2026-04-23", sku="medium")

    assert quote.reckoned.total_minor == invoice.reckoned.total_minor
    assert [leg.charge.amount_minor for leg in quote.legs] == [line.amount_minor for line in trade.lines(invoice.id)]


def test_a_second_change_on_another_day_gives_back_what_the_first_has_billed(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    (second,) = trade.change(added, on="2026-04-11", sku="large")

    (note,) = trade.change(added, on="2026-04-21", sku="small")

    assert [line.amount_minor for line in trade.lines(note.id)] == [1000, -333]
    assert trade.invoice(second.number).open_minor == second.reckoned.total_minor - note.reckoned.total_minor
    assert trade.lines(note.id)[0].original_id == second.id


def test_after_a_downgrade_it_is_still_the_first_invoice_that_an_end_gives_back(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "large", on="2026-04-01")
    trade.change(added, on="2026-04-16", sku="small")

    (note,) = trade.cancel(added, on="2026-04-16")

    assert [line.original_id for line in trade.lines(note.id)] == [first.id]
    assert trade.invoice(first.number).open_minor == 3570 - 1190 - 595


def test_the_reason_of_a_missing_tax_stands_on_the_credit_note_too(trade: Trade) -> None:
    bart = trade.customer("Bart", exempt_reason="Embassy, note 4711")
    added, _ = trade.add(bart, "large", on="2026-04-01")

    trade.cancel(added, on="2026-04-16")

    assert '"reason":"Embassy, note 4711"' in trade.all(DocumentKind.CREDIT_NOTE)[0].model
