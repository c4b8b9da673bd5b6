"""Authentication-Results of our own side's mail server, and all the ways in which somebody else could write one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address import Mailbox
from mailgate.mail.envelope import Door
from mailgate.mail.sender.authentication_results import judge_results
from mailgate.mail.sender.evidence import Evidence, Level

ANNE = Mailbox("anne", "", "Cust.example")
RECEIVED = "Received: from sender.example by mx.in.example; Mon, 2 Mar 2026 09:00:00 +0000"
GOOD = (
    "mx.in.example; dkim=pass header.d=cust.example header.s=s1; spf=pass smtp.mailfrom=anne@cust.example;"
    " dmarc=pass (p=REJECT) header.from=cust.example"
)


def judged(*lines: str, door: Door = Door.LMTP, to_us: bool = True, exact: bool = False) -> Evidence:
    raw = "\r\n".join([*lines, "From: anne@cust.example", "", "Hello", ""]).encode()
    return judge_results(raw, ANNE, door=door, trusted=("MX.in.example",), to_us=to_us, exact=exact)


def level(value: str, *, exact: bool = False, to_us: bool = True) -> Level:
    return judged(f"Authentication-Results: {value}", RECEIVED, exact=exact, to_us=to_us).level


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (GOOD, Level.DKIM),
        (GOOD.replace("mx.in.example;", "mx.in.example 1;"), Level.DKIM),
        (GOOD.replace("mx.in.example;", "mx.in.example 2;"), Level.UNKNOWN),
        (GOOD.replace("mx.in.example;", "MX.IN.Example;\r\n "), Level.DKIM),
        (GOOD.replace("header.d=cust.example", "header.i=@cust.example"), Level.DKIM),
        (GOOD.replace("header.d=cust.example", "header.d=mail.cust.example"), Level.DKIM),
        (GOOD.replace("header.d=cust.example", "header.d=evil.example"), Level.SPF),
        (GOOD.replace("header.d=cust.example", "header.d=example"), Level.SPF),
        (GOOD.replace("dkim=pass", "dkim=fail"), Level.SPF),
        (GOOD.replace("; dmarc=pass", "; dkim=fail header.d=cust.example; dmarc=pass"), Level.SPF),
        (GOOD.replace("; dmarc=pass", "; dkim=fail header.d=list.example; dmarc=pass"), Level.DKIM),
        (GOOD.replace("dmarc=pass", "dmarc=fail"), Level.NONE),
        (GOOD.replace("dmarc=pass (p=REJECT)", "dmarc=fail (p=none dis=none)"), Level.UNKNOWN),
        (GOOD.replace("dmarc=pass", "dmarc=fail") + " (policy=none)", Level.UNKNOWN),
        (GOOD.replace("dmarc=pass", "dmarc=fail") + " policy.dmarc=none", Level.UNKNOWN),
        (GOOD.replace("dmarc=pass", "dmarc=temperror"), Level.UNKNOWN),
        (GOOD.replace("dmarc=pass", "dmarc=none"), Level.UNKNOWN),
        (GOOD + "; dmarc=fail header.from=cust.example", Level.NONE),
        (GOOD + "; dmarc=temperror header.from=cust.example", Level.UNKNOWN),
        (GOOD.replace("header.from=cust.example", "header.from=evil.example"), Level.UNKNOWN),
        (GOOD.replace(" header.from=cust.example", ""), Level.UNKNOWN),
        (GOOD + "; dmarc=pass header.from=evil.example", Level.UNKNOWN),
        ("mx.in.example; dkim=pass header.d=cust.example; spf=pass smtp.mailfrom=cust.example", Level.UNKNOWN),
        ("mx.in.example; none", Level.UNKNOWN),
        ("mx.in.example", Level.UNKNOWN),
        ("; dmarc=pass header.from=cust.example", Level.UNKNOWN),
        (GOOD.replace("mx.in.example", "mx.in.example.evil.example"), Level.UNKNOWN),
        (GOOD.replace("mx.in.example", "evil.example"), Level.UNKNOWN),
        (GOOD.replace("mx.in.example", "evil.example (mx.in.example)"), Level.UNKNOWN),
        ("mx.in.example; x=y (dmarc=pass header.from=cust.example)", Level.UNKNOWN),
        ("mx.in.example; (" * 50, Level.UNKNOWN),
    ],
)
def test_what_a_trusted_server_says(value: str, expected: Level) -> None:
    assert level(value) is expected


def test_two_fields_of_the_server_count_together_the_worst_first() -> None:
    field = f"Authentication-Results: {GOOD}"
    failed = field.replace("dmarc=pass", "dmarc=fail")

    assert judged(field, field, RECEIVED).level is Level.DKIM
    assert judged(field, failed, RECEIVED).level is Level.NONE


@pytest.mark.parametrize(
    "lines",
    [
        [RECEIVED, f"Authentication-Results: {GOOD}"],
        [RECEIVED, f"Authentication-Results: {GOOD}", RECEIVED],
        [f"Authentication-Results: {GOOD}"],
        [f"X-Authentication-Results: {GOOD}", RECEIVED],
        [f"ARC-Authentication-Results: i=1; {GOOD}", RECEIVED],
        [f"X-Mailgate-Evidence: A\r\nAuthentication-Results:\r\n evil.example; {GOOD}", RECEIVED],
    ],
    ids=["below Received", "between", "no Received", "another field", "ARC", "another id in front"],
)
def test_what_a_sender_writes_is_not_believed(lines: list[str]) -> None:
    assert judged(*lines) == Evidence(Level.UNKNOWN, ("no DMARC result of a trusted mail server",))


def test_by_imap_only_the_topmost_field_counts() -> None:
    good = f"Authentication-Results: {GOOD}"

    assert judged(RECEIVED, good, RECEIVED, door=Door.IMAP).level is Level.DKIM
    assert judged(RECEIVED, "Authentication-Results: other.example; none", good, door=Door.IMAP).level is Level.UNKNOWN


def test_staff_need_a_signature_of_their_very_domain() -> None:
    assert level(GOOD, exact=True) is Level.DKIM
    assert level(GOOD.replace("header.d=cust.example", "header.d=mail.cust.example"), exact=True) is Level.SPF


def test_a_true_mail_to_somebody_else_is_no_proof_here() -> None:
    assert level(GOOD, to_us=False) is Level.UNKNOWN


@given(st.text(max_size=100))
def test_no_text_without_a_dmarc_result_proves_anything(text: str) -> None:
    raw = f"Authentication-Results: mx.in.example; {text}\r\n{RECEIVED}\r\n\r\n".encode("utf-8", "surrogatepass")

    found = judge_results(raw, ANNE, door=Door.LMTP, trusted=("mx.in.example",), to_us=True, exact=False)

    assert found.reasons
    assert found.level is Level.UNKNOWN or "dmarc" in text.lower()
