"""A ticket that began with an answer to an invoice: what is commanded on it without a number means that invoice."""

from datetime import date

import pytest

from mailgate.billing.promise import PromiseKind
from mailgate.flows.billing.told.letters import invoice_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from store import people_edits
from store.billing import invoices
from store.engine import transaction
from tests.gate import Gate, Person, Received
from tests.scenarios.billed import Billed, plain


@pytest.fixture
def billed(gate: Gate, anne: Person, bart: Person) -> Billed:
    """Anne has two open invoices, and has answered the mail of the second."""
    billed = Billed(gate).sells()
    billed.invoice()
    second = billed.invoice(sku="big")
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        invoice = invoices.find(conn, second)
        assert invoice is not None
        notify(act, invoice_notices(act, Template.INVOICE_REMINDER_DUE, invoice), cause=None)
    gate.work()
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "May I pay next week?"))
    return billed


def newest(gate: Gate, person: Person) -> Received:
    return gate.mailbox(person)[-1]


def test_staff_extend_it_by_answering_the_notification(billed: Billed, gate: Gate, bart: Person) -> None:
    gate.deliver(bart.replies(newest(gate, bart), "!extend 7d"))

    assert "Invoice 2026-0002 of Anne Miller" in " ".join(plain(newest(gate, bart)).split())
    [promise] = billed.promises()
    assert (promise.kind, promise.invoice_id, promise.until_on) == (PromiseKind.EXTENDED, 2, date(2026, 3, 9))


def test_the_customer_asks_for_it_and_promises_it_in_an_answer_on_the_ticket(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    acknowledgement = newest(gate, anne)

    gate.deliver(anne.replies(acknowledgement, "!invoice\n!paid yesterday"))

    assert "Invoice 2026-0002 is attached to this mail." in plain(newest(gate, anne))
    assert [(one.kind, one.invoice_id) for one in billed.promises()] == [(PromiseKind.PAID, 2)]


def test_when_it_is_paid_the_only_other_open_one_is_meant(billed: Billed, gate: Gate, bart: Person) -> None:
    billed.shop.pay("2026-0002", 2963, billed.today)

    gate.deliver(bart.replies(newest(gate, bart), "!extend 7d"))

    assert [one.invoice_id for one in billed.promises()] == [1]


def test_whoever_wants_links_alone_gets_one(billed: Billed, gate: Gate, anne: Person) -> None:
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_contact(conn, 1, gets_files=False)

    gate.deliver(anne.writes("!invoice 2026-0001"))

    receipt = newest(gate, anne)
    assert list(receipt.message.iter_attachments()) == []
    assert "Invoice 2026-0001 is on your pages: http://127.0.0.1:8025/invoices/2026-0001" in plain(receipt)
