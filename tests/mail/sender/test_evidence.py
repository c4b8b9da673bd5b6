"""The From rule and what follows from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address import Mailbox, address_key
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import NOT_ONE, Evidence, Level, from_rule, judge_unverified, with_token

ANNE = Mailbox("a", "", "cust.example")


def headed(*lines: bytes) -> bytes:
    return b"\r\n".join([b"Received: from x.example", *lines, b"Subject: hello", b"", b"From: c@body.example", b""])


@pytest.mark.parametrize(
    "line",
    [
        b"From: a@cust.example",
        b"FROM:a@cust.example",
        b"from : a@cust.example",
        b"From: <a@cust.example>",
        b"From: Anne Ash <a@cust.example>",
        b'From: "Ash, Anne" <a@cust.example>',
        b'From: "boss@bank.example" <a@cust.example>',
        b"From: =?utf-8?q?Ann=C3=A9?= <a@cust.example>",
        b"From: Ann\xc3\xa9 <a@cust.example>",
        b"From: a@cust.example (Anne Ash)",
        b"From: Anne\r\n Ash\r\n\t<a@cust.example>",
        b"From: A. Ash <a@cust.example> (at work)",
    ],
)
def test_one_plain_mailbox_keeps_the_rule(line: bytes) -> None:
    assert from_rule(headed(line)) == ANNE


# B06 and B07 of the bad inputs, and their cousins.
BROKEN = {
    "two fields": (b"From: a@cust.example", b"From: b@evil.example"),
    "a second one with a blank before the colon": (b"From: a@cust.example", b"From : b@evil.example"),
    "a second one indented": (b"From: a@cust.example", b" From: b@evil.example"),
    "a second one in a folded subject": (b"From: a@cust.example", b"Subject: x", b" From: b@evil.example"),
    "a second one behind a bare CR": (b"From: a@cust.example", b"X: y\rFrom: b@evil.example"),
    "a second one behind a bare LF": (b"From: a@cust.example", b"X: y\nFrom: b@evil.example"),
    "a second one with a NUL in its name": (b"From: a@cust.example", b"From\0: b@evil.example"),
    "a second one behind an empty line of bare CRs": (b"From: a@cust.example\r\rFrom: b@evil.example",),
    "its name on a line of its own": (b"From", b" : a@cust.example"),
    "only an indented one": (b"Subject: x", b" From: a@cust.example"),
    "two mailboxes": (b"From: a@cust.example, b@evil.example",),
    "two mailboxes with semicolon": (b"From: a@cust.example; b@evil.example",),
    "a group": (b"From: g: a@cust.example;",),
    "an empty group": (b"From: g:;",),
    "a route": (b"From: <@evil.example:a@cust.example>",),
    "a quoted local-part": (b'From: "a@cust.example"@evil.example',),
    "an address as the name": (b"From: a@cust.example <b@evil.example>",),
    "two in brackets": (b"From: <a@cust.example><b@evil.example>",),
    "two in brackets apart": (b"From: <a@cust.example> <b@evil.example>",),
    "words behind the brackets": (b"From: <a@cust.example> b@evil.example",),
    "an encoded address": (b"From: =?utf-8?b?YUBjdXN0LmV4YW1wbGU=?=",),
    "an encoded local-part": (b"From: <=?utf-8?q?a?=@cust.example>",),
    "a NUL": (b"From: a@cust.example\0@evil.example",),
    "a control character": (b"From: a@cust.example\x0b",),
    "a bare CR inside": (b"From: a@cust.example\r b@evil.example",),
    "no domain": (b"From: a",),
    "one label": (b"From: a@localhost",),
    "an address literal": (b"From: a@[192.0.2.1]",),
    "an underscore in the domain": (b"From: a@cu_st.example",),
    "two at signs": (b"From: a@b@cust.example",),
    "two dots": (b"From: a..b@cust.example",),
    "a long local-part": (b"From: " + b"a" * 65 + b"@cust.example",),
    "only a comment": (b"From: (a@cust.example)",),
    "a comment in the address": (b"From: <a@cust.example(x)>",),
    "an open quote": (b'From: "Anne <a@cust.example>',),
    "an open comment": (b"From: Anne (x <a@cust.example>",),
    "nothing": (b"From:",),
    "the null path": (b"From: <>",),
    "no field": (b"Sender: a@cust.example",),
    "a long field": (b"From: " + b"x" * 3000 + b" <a@cust.example>",),
    # B22: letters that look like or fold to ASCII ones.
    "a Cyrillic letter": ("From: <\u0430dmin@cust.example>".encode(),),
    "a dotless i": ("From: <adm\u0131n@cust.example>".encode(),),
    "a full-width at sign": ("From: a\uff20cust.example".encode(),),
    "a look-alike domain": ("From: a@cu\u0455t.example".encode(),),
}


@pytest.mark.parametrize("lines", BROKEN.values(), ids=BROKEN)
def test_a_broken_from_names_nobody_and_says_why(lines: tuple[bytes, ...]) -> None:
    raw = headed(*lines)

    reason = from_rule(raw)

    assert isinstance(reason, str)
    assert judge_unverified(reason, parse(raw)) == Evidence(Level.NONE, (reason,))


def test_the_reason_of_the_classic_attacks_is_the_one_promised() -> None:
    for attack in ("two fields", "two mailboxes", "a group", "a route", "an address as the name", "two in brackets"):
        reason = from_rule(headed(*BROKEN[attack]))
        assert isinstance(reason, str)
        assert reason.startswith(NOT_ONE), attack


def test_only_ascii_case_is_folded() -> None:
    author = from_rule(headed(b"From: ADMIN@CUST.EXAMPLE"))

    assert isinstance(author, Mailbox)
    assert address_key(author.address) == "admin@cust.example"


def test_the_body_and_what_is_returned_in_it_are_no_header() -> None:
    assert from_rule(b"From: a@cust.example\r\n\r\nFrom: b@evil.example\r\n") == ANNE
    assert from_rule(b"From: a@cust.example\n\nFrom: b@evil.example\n") == ANNE
    assert from_rule(b"From b@evil.example Mon Nov 23 09:15:00 2026\nFrom: a@cust.example\n\n") == ANNE


def test_a_header_that_does_not_end_has_no_author() -> None:
    assert from_rule(b"From: a@cust.example\r\nX: " + b"x" * 300_000) == "the header is too long"


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (b"From: a@cust.example\r\nSubject: x\r\n\r\nbody\r\n", Level.DKIM),
        (b"From: a@cust.example\nSubject: x\n\nbody\n", Level.DKIM),  # as a pipe hands it over
        (b"From: a@cust.example\r\nSubject: x\r\n\r\nbody\nwith\rall\0\r\n", Level.DKIM),
        (b"From: a@cust.example\r\nSubject: x\0y\r\n\r\nbody\r\n", Level.UNKNOWN),
        (b"From: a@cust.example\r\nSubject: x\nX-Y: z\r\n\r\nbody\r\n", Level.UNKNOWN),
        (b"From: a@cust.example\r\nSubject: x\ry\r\n\r\nbody\r\n", Level.UNKNOWN),
        (b"Subject: x\r\n\r\nbody\r\n", Level.NONE),
    ],
)
def test_without_verification_the_from_rule_decides(raw: bytes, level: Level) -> None:
    evidence = judge_unverified(from_rule(raw), parse(raw))

    assert evidence.level is level
    assert all(evidence.reasons)


@pytest.mark.parametrize("level", list(Level))
def test_a_token_raises_aligned_dkim_and_nothing_else(level: Level) -> None:
    raised = with_token(Evidence(level, ("because",)))

    assert raised.level is (Level.TOKEN if level is Level.DKIM else level)
    assert raised.reasons[0] == "because"


@given(st.binary(max_size=300), st.sampled_from([b"", b"From: ", b"From: <", b"From:\r\n "]))
def test_the_rule_never_raises(noise: bytes, start: bytes) -> None:
    assert isinstance(from_rule(start + noise), Mailbox | str)
