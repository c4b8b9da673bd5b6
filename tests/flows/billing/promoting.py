"""Looks at what was billed with promotions, and a catalogue that has them no more."""

from mailgate.billing.catalogue.reading import read_catalogue
from store.billing import catalogue, lines
from store.engine import reading, transaction
from tests.flows.billing.trade import SHOP, Trade, d, noon


def told(trade: Trade, *, of: int | None = None) -> list[tuple[str, int]]:
    """The lines of all invoices: what they say, and what they come to before tax."""
    found = []
    with reading(trade.engine) as conn:
        for one in trade.all():
            if of is None or one.id == of:
                found += [(line.text, line.amount_minor) for line in lines.of(conn, one.id)]
    return found


def import_without_promotions(trade: Trade, text: str | None = None) -> None:
    """A later catalogue has no code any more."""
    of_now = (text or SHOP.read_text()).partition("[[promotion]]")[0]
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(of_now.encode(), SHOP.name), by="Bart", now=noon(d("2026-04-02")))
