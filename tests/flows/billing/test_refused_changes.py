"""Changes that cannot be, or not yet."""

import pytest

from mailgate.billing.offer.pricing import NotSold
from mailgate.billing.service import NotPossible
from mailgate.flows.billing.service import terms
from tests.flows.billing.trade import Trade


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ({"sku": "small"}, "on these terms already"),
        ({"sku": "shield"}, "no way from small to shield"),
        ({"sku": "larg"}, "did you mean large"),
        ({"cycle": "half-yearly"}, "not sold half-yearly in EUR"),
        ({"cycle": "one-time"}, "sold once"),
        ({"options": {"mailboxes": 15}}, "10 at a time"),
        ({"options": {"disks": 15}}, "no option 'disks'"),
    ],
)
def test_what_cannot_be_had_is_refused_and_nothing_is_written(
    trade: Trade, anne: int, to: dict[str, object], why: str
) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")

    with pytest.raises((NotSold, NotPossible), match=why):
        trade.change(added, on="2026-04-16", **to)  # type: ignore[arg-type]

    assert trade.service(added) == added


def test_an_addon_is_not_in_another_currency_than_its_plan(trade: Trade, anne: int) -> None:
    from sqlalchemy import text

    from store.engine import transaction

    plan, _ = trade.add(anne, "small", on="2026-04-01")
    with transaction(trade.engine) as conn:
        conn.execute(text("UPDATE customers SET currency = 'JPY'"))

    with pytest.raises(NotPossible, match="service 1 is billed in EUR, and customer 1 pays in JPY now"):
        trade.add(anne, "shield", on="2026-04-02", parent_id=plan.id)


def test_a_change_waits_for_a_run_that_was_missed(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-04-01")

    with pytest.raises(NotPossible, match=r"2026-05-01.*bill run"):
        trade.change(added, on="2026-06-10", sku="medium")


def test_while_something_is_late_a_change_is_refused_by_the_invoice(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")

    with trade.deal(anne, "2026-04-01") as deal:
        terms.refuse_past_due(deal)
    with trade.deal(anne, "2026-04-02") as deal, pytest.raises(terms.PastDue, match=first.number):
        terms.refuse_past_due(deal)
