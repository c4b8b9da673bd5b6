"""What stands around the words of every mail to a customer: a greeting, a signature, a link to the conversation."""

import pytest

from tests.gate import BeginGate, Gate, Person

LINES = ("Example Hosting GmbH, Hauptstr. 1, 10115 Berlin", "HRB 12345")
PAGE = "https://desk.hosting.test/tickets/1"


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    return begin(letterhead={"signature": LINES}, web={"public_url": "https://desk.hosting.test"})


def test_a_customer_is_greeted_and_finds_signature_and_conversation(gate: Gate) -> None:
    anne = gate.customer("Anne Miller", "anne@customer.example")

    gate.deliver(anne.writes("It is broken."))

    [mail] = gate.mailbox(anne)
    text = mail.text.replace("\r", "")
    assert text.startswith("Hello Anne Miller,\n\n")
    assert "\n-- \nExample Hosting\n" + "\n".join(LINES) + "\n" in text
    assert f"The whole conversation: {PAGE}\n" in text
    html = mail.message.get_body(("html",))
    assert html is not None
    assert f'<a href="{PAGE}">The whole conversation</a>' in str(html.get_content())


def test_an_answer_of_staff_is_signed_by_its_writer(gate: Gate) -> None:
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Try https://hosting.example/help again."))

    text = gate.mailbox(anne)[-1].text.replace("\r", "")
    assert "\n-- \nBart Jones, Example Hosting\n" + "\n".join(LINES) + "\n" in text
    html = gate.mailbox(anne)[-1].message.get_body(("html",))
    assert html is not None
    assert '<a href="https://hosting.example/help">https://hosting.example/help</a> again.' in str(html.get_content())


def test_a_stranger_is_called_by_no_name_and_led_to_no_page(begin: BeginGate) -> None:
    gate = begin(desk_rules={"unknown_sender": "open"})
    cris = Person("You have won, see https://evil.example", "cris@stranger.example")

    gate.deliver(cris.writes("Hello"))

    for mail in gate.mailbox(cris):
        assert "won" not in mail.text
        assert "/tickets/" not in mail.text


def test_nobody_is_led_to_a_page_of_this_machine(begin: BeginGate) -> None:
    gate = begin(gate={"domain": "support.hosting.test"})
    anne = gate.customer("Anne Miller", "anne@customer.example")

    gate.deliver(anne.writes("It is broken.", to="support@support.hosting.test"))

    assert "/tickets/1" not in gate.mailbox(anne)[0].text
