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
from tests.gate import BeginGate
from tests.servers.provider import KEY, ProviderDouble

NUMBERS = ("4242424242424242", "5555555555554444")
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

    with reading(gate.parts.engine) as conn:
        rows = [repr(tuple(row)) for table in metadata.sorted_tables for row in conn.execute(select(table))]
    everything = "\n".join([*rows, caplog.text, *(mail.text for mail in gate.mailbox(anne))]).encode()
    everything += b"".join(mail.raw for mail in gate.mailbox(anne))
    everything += b"".join(path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file())
    everything += b"".join(path.read_bytes() for path in tmp_path.glob("mailgate.db*"))
    assert money.invoice("2026-0001").state == "paid"
    assert b"Visa" in everything
    assert numbers_of_cards(everything) == []
    for secret in (*NUMBERS, KEY, "cvc_check", "exp_month", "fingerprint"):
        assert secret.encode() not in everything, secret
