"""Nobody gets more back of an invoice than it has charged: not in all, and not of one of its taxes."""

import pytest
from sqlalchemy import func, select

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.money.amount import written
from mailgate.flows.billing.back.take_back import CannotTakeBack
from store.billing import catalogue
from store.engine import reading, transaction
from store.schema import invoice_lines, invoices
from tests.flows.billing.trade import SHOP, Trade, d, noon


def charged(trade: Trade, invoice_id: int) -> dict[str, tuple[int, int]]:
    """Net and tax of an invoice by rate."""
    with reading(trade.engine) as conn:
        query = select(
            invoice_lines.c.tax_rate, func.sum(invoice_lines.c.net_minor), func.sum(invoice_lines.c.tax_minor)
        )
        rows = conn.execute(query.where(invoice_lines.c.invoice_id == invoice_id).group_by(invoice_lines.c.tax_rate))
        return {rate: (int(net), int(tax)) for rate, net, tax in rows}


def given_back(trade: Trade, invoice_id: int) -> dict[str, tuple[int, int]]:
    """The same of all that credit notes have given back of it."""
    with reading(trade.engine) as conn:
        query = (
            select(invoice_lines.c.tax_rate, func.sum(invoice_lines.c.net_minor), func.sum(invoice_lines.c.tax_minor))
            .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
            .where(invoice_lines.c.original_id == invoice_id, invoices.c.kind == DocumentKind.CREDIT_NOTE.value)
            .group_by(invoice_lines.c.tax_rate)
        )
        return {rate: (int(net), int(tax)) for rate, net, tax in conn.execute(query)}


def with_two_rates(trade: Trade) -> None:
    """From now on one product is taxed by less."""
    more = SHOP.read_text() + '\n[[tax]]\ncountry = "DE"\nclass = "low"\nrate = "7"\nname = "VAT"\n'
    more = more.replace('sku = "early"', 'sku = "early"\ntax_class = "low"')
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(more.encode(), "shop.toml"), by="Bart", now=noon(d("2026-03-01")))


@pytest.mark.parametrize("sku", ["small", "gross"])
def test_by_many_small_parts_no_more_is_given_back_than_there_was(trade: Trade, anne: int, sku: str) -> None:
    _, (invoice,) = trade.add(anne, sku, on="2026-04-01")

    for _ in range(20):
        trade.credit(invoice.number, "0.03", on="2026-04-02")
    trade.credit(invoice.number, "11.30", on="2026-04-03")

    assert given_back(trade, invoice.id) == charged(trade, invoice.id) == {"19": (1000, 190)}


def test_the_smallest_day_of_what_was_void_is_not_given_back_either(trade: Trade) -> None:
    kiri = trade.customer("Kiri", currency="JPY", country="NZ")
    added, (invoice,) = trade.add(kiri, "small", on="2026-04-01", options={"mailboxes": 10})
    trade.void(invoice.number, on="2026-04-02")

    assert trade.cancel(added, on="2026-04-30") == ()
    assert trade.has_credit(kiri, "JPY") == 0


def test_a_cent_of_a_void_invoice_is_not_given_back(trade: Trade, anne: int) -> None:
    """A day of a plan of half a euro is two cents with their tax."""
    cheap = SHOP.read_text().replace('monthly = "3.00", yearly = "36.50"', 'monthly = "0.50", yearly = "6.00"')
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(cheap.encode(), "shop.toml"), by="Bart", now=noon(d("2026-03-01")))
    parent, (_,) = trade.add(anne, "small", on="2026-04-01")
    addon, (invoice,) = trade.add(anne, "shield", on="2026-04-01", parent_id=parent.id)
    trade.void(invoice.number, on="2026-04-02")

    documents = trade.cancel(addon, on="2026-04-30")

    assert documents == ()
    assert given_back(trade, invoice.id) == charged(trade, invoice.id)


def test_what_an_end_gives_back_of_one_rate_is_not_given_back_of_it_again(trade: Trade, anne: int) -> None:
    with_two_rates(trade)
    small, _ = trade.add(anne, "small", on="2026-04-01")
    trade.add(anne, "early", on="2026-04-01")
    ran = trade.run("2026-04-21")
    assert ran is not None
    both = trade.invoice(ran.invoices[0])
    trade.pay(both.number, "19.39", on="2026-04-22")
    trade.cancel(small, on="2026-05-01")  # all of 10.00 + 1.90

    trade.credit(both.number, "7.49", on="2026-05-02")

    assert given_back(trade, both.id) == {"19": (1000, 190), "7": (700, 49)}


def test_an_end_gives_back_what_a_credit_has_left_of_its_rate(trade: Trade, anne: int) -> None:
    with_two_rates(trade)
    small, _ = trade.add(anne, "small", on="2026-04-01")
    early, _ = trade.add(anne, "early", on="2026-04-01")
    ran = trade.run("2026-04-21")
    assert ran is not None
    both = trade.invoice(ran.invoices[0])
    trade.pay(both.number, "19.39", on="2026-04-22")
    trade.credit(both.number, "10.00", on="2026-04-23")  # 6.14 and 3.86

    trade.cancel(small, on="2026-05-01")
    trade.cancel(early, on="2026-05-01")

    back = given_back(trade, both.id)
    assert back == charged(trade, both.id)


@pytest.mark.parametrize("amounts", [("1.00", "2.00", "3.00"), ("0.01", "0.02", "0.03"), ("3.33", "3.33", "3.33")])
def test_after_parts_an_end_gives_back_no_more_than_is_left(trade: Trade, anne: int, amounts: tuple[str, ...]) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    for amount in amounts:
        trade.credit(invoice.number, amount, on="2026-04-01")

    trade.cancel(added, on="2026-04-01")

    assert given_back(trade, invoice.id) == charged(trade, invoice.id)


def test_an_end_and_then_the_rest_by_hand_is_all_of_it(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.cancel(added, on="2026-04-08")
    (note,) = trade.all(DocumentKind.CREDIT_NOTE)
    left = invoice.reckoned.total_minor - note.total_minor

    trade.credit(invoice.number, written(left, "EUR"), on="2026-04-09")

    assert given_back(trade, invoice.id) == charged(trade, invoice.id)
    with pytest.raises(CannotTakeBack, match=r"no more than 0\.00 EUR"):
        trade.credit(invoice.number, "0.01", on="2026-04-10")
