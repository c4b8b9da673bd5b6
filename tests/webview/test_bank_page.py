"""`/staff/bank`: lines of the bank that wait for a decision, for the staff alone."""

from mailgate.billing.payment.bank_line import BankLine
from mailgate.billing.payment.keyed import keyed
from mailgate.flows.billing.bank.importing import import_lines
from store.billing.bank import FromFile
from tests.collecting import Collector
from tests.gate import Gate, Person
from tests.webview.web import Web


def test_staff_see_each_line_with_whose_it_may_be_and_customers_do_not(web: Web, gate: Gate, bart: Person) -> None:
    money = Collector.begin(gate)
    anne = money.customer("Anne <Miller>")
    money.sell(1)
    on = gate.now.date()
    lines = [
        BankLine("DE", "EUR", 1234, on, "Miller Anne", text="Invoice 2026-0001 <b>"),
        BankLine("DE", "EUR", 500, on, "Nobody"),
    ]
    parts = gate.parts
    import_lines(
        parts.engine, parts.settings, keyed(lines), FromFile("0" * 64, "x", 1), by="the command line", now=gate.now
    )

    page = web.signed_in(bart).get("/staff/bank")

    assert page.status_code == 200
    words = " ".join(page.text.split())
    assert '<a href="/staff/invoices/2026-0001">2026-0001</a>' in words
    assert "its number is in the text, the payer has this name" in words
    assert "Invoice 2026-0001 &lt;b&gt;" in words
    assert "No customer that we know fits it." in words
    assert "/staff/bank" in web.signed_in(bart).get("/staff/invoices").text
    assert web.signed_in(anne).get("/staff/bank").status_code in {403, 404}


def test_without_a_line_it_says_so(web: Web, bart: Person) -> None:
    assert "Every line has been decided on." in web.signed_in(bart).get("/staff/bank").text
