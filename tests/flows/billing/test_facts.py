"""What staff are told of a customer's money below a mail."""

from mailgate.flows.billing.told.facts import money_facts
from store.engine import reading
from tests.flows.billing.trade import Trade
from tests.outbound.block import told


def facts(trade: Trade, customer_id: int) -> tuple[str, ...]:
    with reading(trade.engine) as conn:
        return told(money_facts(conn, customer_id))


def test_services_debts_and_the_oldest_due_date_are_told(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-04-01", domain="anne.example")
    off, _ = trade.add(anne, "small", on="2026-04-01", domain="anne.example")
    trade.suspend(off, on="2026-04-02")

    told = facts(trade, anne)

    assert told[0] == "Services: anne.example, anne.example (suspended)"
    assert told[1].startswith("Balance: owes EUR\xa0")
    assert told[1].endswith(" (2 open)")
    assert told[2] == "Due: invoice 2026-0001 on 1 Apr 2026"


def test_what_has_one_name_is_counted_and_credit_is_told(trade: Trade, anne: int) -> None:
    for _ in range(2):
        _, (document,) = trade.add(anne, "small", on="2026-04-01", domain="anne.example")
        trade.pay(document.number, "11.90", on="2026-04-01")
    trade.give(anne, "7.50", on="2026-04-02")

    assert facts(trade, anne) == (
        "Services: 2 x anne.example",
        "Balance: has EUR\xa07.50 of credit",
        "Next due on 1 May 2026",
    )


def test_of_who_has_nothing_nothing_is_told(trade: Trade, anne: int) -> None:
    assert facts(trade, anne) == ()
