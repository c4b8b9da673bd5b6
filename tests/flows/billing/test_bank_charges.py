"""What banks take off a transfer on its way: it is told to who decides, and nobody's debt by a guess."""

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.payment.bank import EntryState
from tests.billing.statements import Books, Pays
from tests.flows.billing.banking import bank_balance, bring, lines, reasons
from tests.flows.billing.trade import Trade


def test_an_invoice_less_the_charges_of_banks_is_proposed_with_that_reason(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, Books("10.40", [Pays("10.40", name="Anne", charges="1.50")]))

    (line,) = lines(trade)
    assert reasons(trade) == [["name", "charges"]]
    assert (line.state, line.text) == (EntryState.PROPOSED, "(11.90 - 1.50 EUR)")
    assert trade.invoice(bill[0]).open_minor == 1190


def test_with_the_reference_what_came_is_booked_and_the_charges_stay_due(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, Books("10.40", [Pays("10.40", reference=bill[1], text="April", charges="1.50")]))

    (line,) = lines(trade)
    assert (line.state, line.text) == (EntryState.BOOKED, "April (11.90 - 1.50 EUR)")
    invoice = trade.invoice(bill[0])
    assert (invoice.state, invoice.open_minor, bank_balance(trade)) == (DocumentState.ISSUED, 150, 1040)


def test_what_the_bank_takes_for_the_account_is_nobodys_payment(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, Books("11.90", [], "DBIT", text=f"Account fees {bill[0]}"))

    (line,) = lines(trade)
    assert line.state is EntryState.IGNORED
    assert trade.invoice(bill[0]).open_minor == 1190
