"""Of a card the store, the archive, the log and the mails hold a token, the brand, four digits and the expiry."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailgate.config.settings import ProviderName
from store.billing import offers
from store.engine import reading
from store.schema import metadata
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person
from tests.servers.provider import KEY, ProviderDouble

NUMBERS = ("4242424242424242", "5555555555554444")
PADDED = b"name,number\r\nAnne,4242 4242 4242 4242\r\n"
CARDS = ("pm_card_visa", "pm_card_mastercard")
DIGITS = re.compile(rb"(?<![\w.-])(?:\d{13,19}|\d{4}(?:([ -])\d{4}){2}\1\d{4}|\d{4} \d{6} \d{5})(?![\w.-])")
KINDS = re.compile(r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7]|6\d)\d{14}|3[47]\d{13}")


def numbers_of_cards(text: bytes) -> list[str]:
    """What stands in a text that is as long as a card's number, begins like one and holds by Luhn's rule."""
    found = (re.sub(r"\D", "", one[0].decode()) for one in DIGITS.finditer(text))
    return [one for one in found if KINDS.fullmatch(one) and _holds(one)]


def _holds(number: str) -> bool:
    """ISO/IEC 7812-1."""
    turned = [int(digit) for digit in reversed(number)]
    return (sum(turned[::2]) + sum(sum(divmod(digit * 2, 10)) for digit in turned[1::2])) % 10 == 0


def all_that_is_kept(gate: Gate, place: Path, log: pytest.LogCaptureFixture, *readers: Person) -> bytes:
    """The rows and files of the store, the log, and what went out to these people."""
    with reading(gate.parts.engine) as conn:
        rows = [repr(tuple(row)) for table in metadata.sorted_tables for row in conn.execute(select(table))]
    mails = [mail for reader in readers for mail in gate.mailbox(reader)]
    everything = "\n".join([*rows, log.text, *(mail.text for mail in mails)]).encode()
    everything += b"".join(mail.raw for mail in mails)
    everything += b"".join(path.read_bytes() for path in (place / "archive").rglob("*") if path.is_file())
    return everything + b"".join(path.read_bytes() for path in place.glob("mailgate.db*"))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_scan_would_find_one(number: str) -> None:
    spaced = " ".join(re.findall("....", number))

    assert numbers_of_cards(f"card={number}, {spaced}.\n'{number}'".encode()) == [number] * 2


def test_a_whole_story_leaves_no_number_of_a_card_and_no_key(
    begin: BeginGate, provider: ProviderDouble, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = tmp_path / "key"
    key.write_text(KEY)
    gate = begin(payments={"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": provider.url})
    provider.set_clock(gate.now)
    money = Collector.begin(gate)
    anne = money.customer("Anne Miller")

    for card in CARDS:
        gate.deliver(anne.writes("!card", subject="My card"))
        gate.later(minutes=1)
        with reading(gate.parts.engine) as conn:
            session = offers.listing(conn, customer_id=1, kind="card")[-1].provider_id
        provider.pay_session(str(session), card)
        gate.later(minutes=10)
    money.sell(1, start_on=gate.now.date() + timedelta(days=6))
    gate.later(minutes=20)
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "!pay"))
    gate.later(minutes=10)
    gate.deliver(anne.writes("!remove card", subject="No card"))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "yes"))
    gate.later(minutes=10)

    everything = all_that_is_kept(gate, tmp_path, caplog, anne)
    assert money.invoice("2026-0001").state == "paid"
    assert b"Visa" in everything
    assert numbers_of_cards(everything) == []
    for secret in (*NUMBERS, KEY, "cvc_check", "exp_month", "fingerprint"):
        assert secret.encode() not in everything, secret


def test_a_number_that_a_customer_sends_is_kept_nowhere_and_she_is_told(
    begin: BeginGate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gate = begin()
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bob = gate.staff("Bob", "bob@support.example")

    gate.deliver(anne.writes(f"Please charge {NUMBERS[0]}, 12/28 737.", subject="My card 5555 5555 5555 4444"))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "Or this:\n4242-4242-4242-4242", headers={"X-Number": "none"}))
    gate.deliver(anne.writes("", html="<p>5555<b>5555</b>&nbsp;5555 4444</p>", files=[("c.csv", "text/csv", PADDED)]))
    gate.deliver(bob.replies(gate.mailbox(bob)[0], f"Do you mean {NUMBERS[0]}?"))
    gate.later(minutes=2)

    everything = all_that_is_kept(gate, tmp_path, caplog, anne, bob)
    first, second, third, answer = gate.mailbox(anne)
    assert numbers_of_cards(everything) == []
    assert gate.ticket(1).subject == "My card XXXX XXXX XXXX 4444"
    assert gate.history(1)[0].text == "Please charge XXXXXXXXXXXX4242, 12/28 XXX."
    for told in (first, second, third):
        assert "Please never send us a card number" in " ".join(told.text.split())
    assert "XXXXXXXXXXXX4242" in answer.text
    assert all("a card number stood here" in mail.text for mail in gate.mailbox(bob)[:3])


def test_a_customer_who_can_save_a_card_is_told_how(begin: BeginGate, provider: ProviderDouble, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(KEY)
    gate = begin(payments={"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": provider.url})
    anne = gate.customer("Anne Miller", "anne@customer.example", language="de")

    gate.deliver(anne.writes(f"Meine Karte: {NUMBERS[0]}"))
    gate.deliver(anne.writes("Sendungsnummer 4242424242424242"))

    with_card, without = gate.mailbox(anne)
    assert "Antworten Sie mit der Zeile !card" in " ".join(with_card.text.split())
    assert "Kartennummer" not in without.text


def test_a_stranger_s_number_is_masked_as_well(gate: Gate, cris: Person) -> None:
    spool_id = gate.accept(cris.writes(f"My card is {NUMBERS[0]}"))
    gate.work()

    [held] = gate.mailbox(cris)
    with reading(gate.parts.engine) as conn:
        kept = gate.parts.archive.load(conn, gate.inbox(spool_id).sha256)
    assert b"My card is XXXXXXXXXXXX4242" in kept
    assert "4242" not in held.text
