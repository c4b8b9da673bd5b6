"""A gate without pages: no mail leads to one, and whoever asks for them hears from a person."""

from dataclasses import replace

import pytest

from mailgate.config import Settings
from mailgate.mail.disposition import Disposition
from tests.gate import BeginGate, Gate, Person


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """One whose pages are switched off."""
    return begin(web={"listen": None})


def test_no_mail_to_anybody_has_a_link(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close\n\nIt works."))
    for command in ("!tickets", "!search broken", "!status"):
        gate.deliver(anne.writes(command, subject=command))

    mails = [*gate.mailbox(anne), *gate.mailbox(bart)]
    assert len(mails) > 5
    assert [mail.subject for mail in mails if "http" in mail.raw.decode()] == []


def test_with_pages_the_same_mails_have_them(begin: BeginGate) -> None:
    gate = begin()
    anne = gate.customer("Anne Miller", "anne@customer.example")

    gate.deliver(anne.writes("It is broken."))

    assert f"{gate.parts.settings.web.public_url}/tickets/1" in gate.mailbox(anne)[0].text


def test_whoever_asks_to_sign_in_is_seen_by_a_person(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    asked = [gate.deliver(one.writes("", to="sign-in@support.example")) for one in (anne, bart, cris)]

    assert [mail.outcome.disposition for mail in asked] == [Disposition.HELD, Disposition.HELD, Disposition.COMMAND]
    assert "Your mail is held" in gate.mailbox(bart)[0].text
    assert gate.mailbox(anne) == gate.mailbox(cris) == []


@pytest.mark.parametrize(("domain", "shows"), [("support.acme.net", False), ("support.example", True)])
def test_pages_on_loopback_are_named_to_customers_only_where_all_is_play(domain: str, shows: bool) -> None:
    settings = replace(Settings(), gate=replace(Settings().gate, domain=domain))

    assert (settings.page("/tickets/1") is not None) is shows
