"""The object that `mailgate inspect` prints: its values for a mail in order, and its promise for every other."""

import gc
import time
from collections.abc import Iterator
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.mail.bounds import MAX_INPUT, MAX_TEXT_BYTES
from mailgate.mail.inspection import inspect_mail, unread
from tests.fuzz.grammar import TOKENS, mail, mutated
from tests.mail.contract import assert_fulfils
from tests.mail.mails import CORPUS, from_corpus, written


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """No collection meanwhile: a full one takes most of a second in the heap that a run of thousands of tests has."""
    gc.disable()
    yield
    gc.enable()


def test_a_reply_with_a_file_is_told_whole() -> None:
    raw = written(
        "To: Desk <support@in.example>, bart@in.example",
        "Cc: cris@ash.example (Cris Ash)",
        "Reply-To: anne@home.example",
        "Subject: =?utf-8?q?Stra=C3=9Fe?=",
        "Date: Thu, 29 Feb 2024 23:59:59 -0500",
        "Message-ID: <a2@ash.example>",
        "In-Reply-To: <o.77.k@in.example>",
        "References: <a1@ash.example> <o.77.k@in.example>",
        "List-Id: <users.ash.example>",
        'Content-Type: multipart/mixed; boundary="b"',
        body="--b\n\nYes.\n\n> Shall we?\n--b\nContent-Type: image/png; name=a.png\nContent-ID: <1@x>\n\nPNG\n--b--\n",
    )

    facts = inspect_mail(raw)

    assert_fulfils(facts)
    assert facts == {
        "message_id": "a2@ash.example",
        "date": "2024-02-29T23:59:59-05:00",
        "from": {"name": "Anne Ash", "address": "anne@ash.example"},
        "to": [{"name": "Desk", "address": "support@in.example"}, {"name": "", "address": "bart@in.example"}],
        "cc": [{"name": "Cris Ash", "address": "cris@ash.example"}],
        "reply_to": [{"name": "", "address": "anne@home.example"}],
        "subject": "Straße",
        "in_reply_to": ["o.77.k@in.example"],
        "references": ["a1@ash.example", "o.77.k@in.example"],
        "is_mailing_list": True,
        "text": "Yes.\n\n> Shall we?",
        "html_text": None,
        "reply_text": "Yes.",
        "attachments": [
            {
                "filename": "a.png",
                "content_type": "image/png",
                "size": 3,
                "sha256": sha256(b"PNG").hexdigest(),
                "inline": False,
                "content_id": "1@x",
            }
        ],
        "auto_submitted": {"is_auto": False, "reason": None},
        "bounce": {"is_bounce": False, "recipients": [], "original_message_id": None},
        "defects": [],
    }


def test_a_delivery_report_is_a_bounce_and_automatic() -> None:
    facts = inspect_mail(from_corpus("dsn_one_unknown_one_delivered"))

    bounce = facts["bounce"]
    assert isinstance(bounce, dict)
    assert bounce["is_bounce"] is True
    assert bounce["recipients"]
    assert facts["auto_submitted"] == {"is_auto": True, "reason": "bounce"}


def test_what_cannot_be_read_is_an_object_all_the_same() -> None:
    facts = unread()

    assert_fulfils(facts)
    assert facts["defects"] == ["unreadable"]


def test_no_more_than_the_limit_is_looked_at() -> None:
    facts = inspect_mail(written("Subject: long") + b"x" * MAX_INPUT)

    assert facts["subject"] == "long"
    assert facts["defects"] == ["message-too-long", "text-too-long"]


def test_a_text_that_nobody_will_read_to_its_end_is_cut() -> None:
    facts = inspect_mail(written(body="ä" * MAX_TEXT_BYTES))

    assert len(str(facts["text"])) <= MAX_TEXT_BYTES // 2 + 1
    assert "text-too-long" in str(facts["defects"])


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.eml")), ids=lambda path: path.stem)
def test_every_mail_of_the_corpus_fulfils_the_contract(path: object) -> None:
    assert_fulfils(inspect_mail(from_corpus(getattr(path, "stem", ""))))


@given(st.binary(max_size=2000))
@settings(max_examples=300)
def test_any_bytes_fulfil_the_contract(raw: bytes) -> None:
    facts = inspect_mail(raw)

    assert_fulfils(facts)
    assert "unreadable" not in str(facts["defects"])


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=300)
def test_any_broken_mail_fulfils_the_contract(seed: int) -> None:
    random = Random(seed)

    facts = inspect_mail(mutated(random, mail(random), mail(random), limit=10_000))

    assert_fulfils(facts)
    assert "unreadable" not in str(facts["defects"])


@pytest.mark.parametrize(
    "raw",
    [
        b"Cc: a@b.example" + b" " * 60_000 + b"x@c.example\n\n",
        b'To: "Sent from my phone  =?hex?q?a?= =?utf-8?b?RnJv' + b" " * 60_000 + b"@\n\n",
        b"Subject: a" + b"\r" * 60_000 + b"b\n\n",
        b"In-Reply-To: " + b"a" * 60_000 + b"\n\n",
        b"References: " + b"<" * 60_000 + b"\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 2000,
        b"From a\n" * 9000,
        b"\n" + b"On 1 wrote:\n" * 5000,
        b"\n" + b"*" * 60_000,
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x" + b"\r" * 120_000 + b"x\n",
        b"\n" + (b"*" * 400 + b"\n" + b"-_" * 200 + b"\n" + b"> *" * 100 + b"\n") * 40,
    ],
    ids=[
        *("blanks", "blanks in a quoted name", "CRs", "one long word", "brackets", "nested", "mbox lines"),
        *("attributions", "asterisks", "CRs in a report", "rows of ornaments"),
    ],
)
def test_what_is_repeated_costs_no_square_time(raw: bytes) -> None:
    start = time.process_time()

    assert_fulfils(inspect_mail(raw))

    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "place", ["To: ", "References: ", "Content-Type: text/plain; ", "\n", "Content-Type: text/html\n\n"]
)
def test_no_piece_of_the_grammar_costs_square_time_when_it_is_repeated(place: str) -> None:
    for token in TOKENS:
        start = time.process_time()
        inspect_mail(place.encode() + token * (20_000 // len(token)) + b"\n\n")
        assert time.process_time() - start < 1, token
