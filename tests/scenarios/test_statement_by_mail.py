"""A month is over: whoever wants to be told gets one mail with the statement, and its PDF beside it."""

from dataclasses import replace
from datetime import UTC, datetime

from mailgate.flows.billing.monthly import schedule
from mailgate.flows.billing.service.add import Sold
from mailgate.people import Role
from store import people
from store.billing import accounts
from store.engine import transaction
from tests.gate import Gate, Person
from tests.webview.trade import open_shop, sell


def wants_statements(gate: Gate) -> None:
    with transaction(gate.parts.engine) as conn:
        account = replace(accounts.lock(conn, (1,))[1], monthly_statement=True)
        accounts.edit(conn, account)
        customer = people.get_customer(conn, 1)
        schedule(conn, gate.parts.settings, customer, account, now=gate.now)


def statements(gate: Gate, person: Person) -> list[tuple[str, list[str], bytes]]:
    """Subject, names of files, and the first bytes of the first."""
    found = []
    for mail in gate.mailbox(person):
        files = list(mail.message.iter_attachments())
        if mail.subject.startswith("Statement"):
            names = [one.get_filename() or "" for one in files]
            found.append((mail.subject, names, files[0].get_content()[:5]))
    return found


def test_the_statement_of_march_comes_on_the_first_of_april_with_its_pdf(gate: Gate, anne: Person) -> None:
    open_shop(gate)
    sell(gate, 1, gate.now.date(), Sold("web-m", 1, domain="customer.example"))
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Cris", "cris@customer.example", (Role.INVOICE,), now=gate.now)
    wants_statements(gate)
    cris = Person("Cris", "cris@customer.example")

    gate.now = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)
    gate.later(minutes=1)
    before = statements(gate, cris)
    gate.now = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
    gate.later(minutes=1)
    gate.later(hours=1)

    ((subject, names, begin),) = statements(gate, cris)
    assert before == []
    assert "1 Mar 2026 – 31 Mar 2026" in subject
    assert begin == b"%PDF-"
    assert names == ["Example-Hosting_2026-03_EUR.pdf"]
    assert statements(gate, anne) == []
