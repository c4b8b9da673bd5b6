"""While money goes back nobody is asked for it a second time, and other invoices of the account go on."""

from typing import Any

from mailgate.billing.refund import RefundState
from mailgate.flows.billing.dunning import ladder
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from store.engine import reading, transaction
from store.post import outbox
from store.views import about_invoice
from tests.flows.billing.test_disputes import read, till
from tests.flows.billing.test_refunds import work
from tests.flows.billing.till import Away, Till
from tests.flows.billing.trade import Trade, d, noon

__all__ = ["till"]  # a fixture

REMINDERS = (Template.INVOICE_REMINDER_DUE, Template.INVOICE_REMINDER_AFTER, Template.SERVICE_SUSPEND_WARNING)


def climb(trade: Trade, anne: int, on: str) -> None:
    """The ladder looks at Anne's account."""
    with transaction(trade.engine) as conn:
        ladder.climb(Act.begin(conn, trade.settings, noon(d(on))), [anne])


def asked_for(trade: Trade) -> list[tuple[str, int]]:
    """Invoices that reminders were about, and how much of each was open."""
    with reading(trade.engine) as conn:
        found = outbox.listing(conn)
    written: list[Any] = [one.notice.values for one in found if one.notice.template in REMINDERS]
    return [(one["number"], one["open_minor"]) for values in written for one in (values["invoice"], *values["also"])]


def no_answer() -> None:
    """Whether the provider has it is not known."""
    raise Away("no answer")


def cancelled(trade: Trade, anne: int, till: Till) -> str:
    """An invoice of 11.90 that was paid by card; the refund of 8.33 is in doubt since 10 April."""
    service, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")
    climb(trade, anne, "2026-04-02")  # it is brought
    trade.cancel(service, on="2026-04-10")
    till.charge("pi_1", 1190)
    till.before = no_answer
    work(trade, till, "2026-04-10")
    assert [one.state for one in trade.refunds(anne)] == [RefundState.IN_DOUBT]
    return first.number


def test_an_invoice_is_not_asked_for_while_its_own_money_may_be_on_its_way_back(
    trade: Trade, anne: int, till: Till
) -> None:
    number = cancelled(trade, anne, till)
    till.dispute("pi_1", 1190)
    read(trade, till)  # on 20 April; the ladder rests for a week
    climb(trade, anne, "2026-04-30")
    with reading(trade.engine) as conn:
        rules = trade.settings.billing.ladder
        (first, *_) = about_invoice.ahead_of(conn, trade.invoice(number).id, rules, noon(d("2026-04-30"))).coming

    assert asked_for(trade) == []
    assert str(first.on) == "2026-05-01"  # it is looked for anew on each day

    till.closed.add("pi_1")
    work(trade, till, "2026-04-30")
    for day in ("2026-05-01", "2026-05-02"):  # it waits for its link
        climb(trade, anne, day)

    assert [one.state for one in trade.refunds(anne)] == [RefundState.KEPT]
    assert asked_for(trade) == [(number, 1190 - 833)]  # what is not sent back has paid its part
    trade.assert_whole()


def test_other_invoices_of_the_account_are_asked_for_meanwhile(trade: Trade, anne: int, till: Till) -> None:
    number = cancelled(trade, anne, till)
    _, (other,) = trade.add(anne, "large", on="2026-04-11")
    climb(trade, anne, "2026-04-12")

    climb(trade, anne, "2026-04-14")
    before = [one for one, _ in asked_for(trade)]
    till.dispute("pi_1", 1190)
    read(trade, till)
    climb(trade, anne, "2026-04-30")

    assert before == [other.number]
    assert {one for one, _ in asked_for(trade)} == {other.number}
    assert trade.invoice(number).open_minor == 1190
