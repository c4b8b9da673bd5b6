"""The bank takes a payment back: what it had paid is open again, its credit is gone, and people are told."""

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.payment.bank import EntryState
from mailgate.flows.billing.bank import deciding
from mailgate.letters.kind import Template
from store.billing import bank
from store.engine import reading
from tests.billing.statements import Books, Pays
from tests.flows.billing.banking import back, bank_balance, bring, lines, mails, match, paid, reasons
from tests.flows.billing.trade import Trade


def test_a_returned_payment_opens_its_invoice_again_and_payer_and_staff_are_told(
    trade: Trade, bill: tuple[str, str]
) -> None:
    bring(trade, paid("11.90", bill[1], end_to_end="E-1"))

    done = bring(trade, back("11.90", end_to_end="E-1"), on="2026-04-09")

    first, second = lines(trade)
    assert done.returned == 1
    assert (first.state, second.state, second.payment_id) == (EntryState.RETURNED, EntryState.BOOKED, first.payment_id)
    assert (trade.invoice(bill[0]).state, trade.invoice(bill[0]).open_minor) == (DocumentState.ISSUED, 1190)
    assert bank_balance(trade) == 0
    assert mails(trade) == [Template.PAYMENT_RECEIPT, Template.PAYMENT_RETURNED]
    with reading(trade.engine) as conn:
        assert [line.id for line in bank.untold(conn)[0]] == [second.id]


def test_a_return_takes_the_credit_that_was_left_of_its_payment(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    bring(trade, paid("20.00", bill[1], end_to_end="E-1"))
    assert trade.has_credit(anne) == 810

    bring(trade, back("20.00", end_to_end="E-1"), on="2026-04-09")

    assert (trade.has_credit(anne), trade.invoice(bill[0]).open_minor, bank_balance(trade)) == (0, 1190, 0)


def test_a_return_opens_what_the_credit_of_its_payment_has_paid_since(
    trade: Trade, anne: int, bill: tuple[str, str]
) -> None:
    bring(trade, paid("20.00", bill[1], end_to_end="E-1"))
    _, (other,) = trade.add(anne, "large", on="2026-04-04")
    trade.use_credit(anne, on="2026-04-05")
    assert trade.invoice(other.number).open_minor == trade.invoice(other.number).total_minor - 810

    bring(trade, back("20.00", end_to_end="E-1"), on="2026-04-09")

    assert (trade.invoice(bill[0]).open_minor, trade.invoice(other.number).open_minor) == (
        1190,
        trade.invoice(other.number).total_minor,
    )
    assert (trade.has_credit(anne), bank_balance(trade)) == (0, 0)


def test_a_return_of_what_was_kept_as_credit_takes_it(trade: Trade, anne: int) -> None:
    bring(trade, paid("11.90", end_to_end="E-1"))
    with trade.deal(anne, "2026-04-05") as deal:
        deciding.match_customer(deal, 1)

    bring(trade, back("11.90", end_to_end="E-1"), on="2026-04-09")

    assert (trade.has_credit(anne), bank_balance(trade)) == (0, 0)
    assert mails(trade) == [Template.CREDIT_ADDED, Template.PAYMENT_RETURNED]


def test_a_reversal_by_its_flag_and_the_banks_reference_is_a_return(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, Books("11.90", [Pays(reference=bill[1])], bank_reference="R9"))

    bring(trade, Books("11.90", [Pays()], "DBIT", "2026-04-08", bank_reference="R9", reversal=True), on="2026-04-09")

    assert trade.invoice(bill[0]).open_minor == 1190


def test_a_return_in_the_same_file_is_taken_in_its_order(trade: Trade, bill: tuple[str, str]) -> None:
    done = bring(trade, paid("11.90", bill[1], end_to_end="E-1"), back("11.90", end_to_end="E-1"))

    assert done.returned == 1
    assert trade.invoice(bill[0]).open_minor == 1190


def test_a_return_that_may_be_of_two_payments_waits_for_people(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    bring(trade, paid("5.00", bill[1], end_to_end="E-1", text="a"), paid("5.00", bill[1], end_to_end="E-1", text="b"))

    bring(trade, back("5.00", end_to_end="E-1"), on="2026-04-09")

    assert lines(trade)[-1].state is EntryState.PROPOSED
    assert reasons(trade) == [["return"]]
    assert trade.invoice(bill[0]).open_minor == 190


def test_a_return_is_matched_by_hand_with_the_invoice_that_its_payment_has_paid(
    trade: Trade, bill: tuple[str, str]
) -> None:
    bring(trade, paid("11.90", bill[1], end_to_end="E-1"))
    bring(trade, back("11.90", end_to_end="E-2"), on="2026-04-09")
    assert lines(trade)[-1].state is EntryState.PROPOSED

    done = match(trade, bill[0], entry_id=2, on="2026-04-10")

    assert done.state is EntryState.BOOKED
    assert trade.invoice(bill[0]).open_minor == 1190
    assert lines(trade)[0].state is EntryState.RETURNED
