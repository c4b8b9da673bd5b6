"""Authentication-Results of our own side's mail server, and all the ways in which somebody else could write one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address import Mailbox
from mailgate.mail.envelope import Door
from mailgate.mail.sender.authentication_results import judge_results
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.evidence import Evidence, Level

ANNE = Mailbox("anne", "", "Cust.example")
RECEIVED = "Received: from sender.example by mx.in.example; Mon, 2 Mar 2026 09:00:00 +0000"
GOOD = (
    "mx.in.example; dkim=pass header.d=cust.example header.s=s1; spf=pass smtp.mailfrom=anne@cust.example;"
    " dmarc=pass (p=REJECT) header.from=cust.example"
)


FIELDS = "From: anne@cust.example", "To: support@in.example", "Subject: Hello", "Date: Mon, 02 Mar 2026 08:59:00 +0000"


def signature(domain: str = "cust.example", *, fields: str = "from:to:cc:subject:date", tags: str = "") -> str:
    """A field that the server has looked at; here it is read for what it covers, not verified."""
    return f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;{tags} h={fields}; bh=YWJj; b=YWJj"


SIGNED = (*map(signature, ("cust.example", "mail.cust.example", "evil.example")), *FIELDS)


def judged(
    *lines: str, mail: Sequence[str] = SIGNED, door: Door = Door.LMTP, to_us: bool = True, exact: bool = False
) -> Evidence:
    return judge_results(
        "\r\n".join([*lines, *mail, "", "Hello", ""]).encode(),
        ANNE,
        door=door,
        trusted=("MX.in.example",),
        ours="support@in.example".__eq__ if to_us else "sales@in.example".__eq__,
        exact=exact,
        coverage=Coverage.COMMON,
    )


def level(value: str, *, mail: Sequence[str] = SIGNED, exact: bool = False, to_us: bool = True) -> Level:
    return judged(f"Authentication-Results: {value}", RECEIVED, mail=mail, exact=exact, to_us=to_us).level


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


REJECTED = GOOD.replace("dmarc=pass (p=REJECT)", "dmarc=fail (p=REJECT)")


def _with(place: str, words: str) -> str:
    """A failure, with words that the sender chose where a server writes what he said."""
    return REJECTED.replace(place, words)


MAILFROM, SPF_WORD = "smtp.mailfrom=anne@cust.example", "spf=pass"


@pytest.mark.parametrize(
    "value",
    [
        _with(MAILFROM, "smtp.mailfrom=policy.dmarc=none@evil.example"),
        _with(MAILFROM, 'smtp.mailfrom="policy.dmarc=none"@evil.example'),
        _with(MAILFROM, 'smtp.mailfrom="x policy.dmarc=none "@evil.example'),
        _with(MAILFROM, 'smtp.mailfrom="header.from=cust.example (policy=none)"@evil.example'),
        _with(MAILFROM, 'smtp.mailfrom="dmarc=fail (p=none"@evil.example'),
        _with(MAILFROM, 'smtp.mailfrom="; dmarc=fail (p=none) header.from=cust.example"@evil.example'),
        _with(MAILFROM, 'smtp.mailfrom="; dmarc=pass header.from=cust.example"@evil.example'),
        _with(MAILFROM, 'smtp.mailfrom="\\"; dmarc=pass header.from=cust.example; x=y z="@evil.example'),
        _with(MAILFROM, "smtp.helo=policy.dmarc=none smtp.mailfrom=x@evil.example"),
        _with(MAILFROM, "smtp.helo=evil policy.dmarc=none"),  # of SPF, whoever wrote it
        _with(MAILFROM, f"{MAILFROM} header.from=cust.example (policy=none)"),
        _with(SPF_WORD, "spf=pass (policy.dmarc=none is what evil.example says)"),
        _with(SPF_WORD, "spf=pass (dmarc=fail (p=none dis=none) header.from=cust.example)"),
        _with(SPF_WORD, "spf=fail (p=none dis=none)"),
        _with(SPF_WORD, 'spf=pass reason="policy.dmarc=none"'),
        REJECTED + " (policy.dmarc=none)",
        REJECTED + " smtp.mailfrom=policy.dmarc=none@evil.example",
        REJECTED + ' reason="p=none"',
        REJECTED + " header.i=@evil.example (p=none) smtp.helo=x (policy=none)",
        REJECTED.replace("(p=REJECT)", "(sender said p=none, p=REJECT)"),
        # What the sender wrote breaks the grammar: then nothing that softens the failure is believed.
        _with(MAILFROM, 'smtp.mailfrom="x@evil.example'),
        _with(MAILFROM, "smtp.mailfrom=x(@evil.example"),
        _with(MAILFROM, "smtp.mailfrom=x)@evil.example"),
        _with(MAILFROM, "smtp.helo=(((((((())))))))"),
        _with(MAILFROM, 'smtp.helo=a"b policy.dmarc=none'),
        REJECTED.replace("dmarc=fail", "dkim=fail header.d=x.example; " * 1000 + "dmarc=fail"),
        # A subdomain's policy asks for more than that of the domain above it.
        REJECTED.replace("(p=REJECT)", "(p=NONE sp=REJECT dis=REJECT)"),
        REJECTED.replace("(p=REJECT)", "(p=none,sp=reject,d=reject,d.eval=reject)"),
    ],
)
def test_no_word_of_the_sender_makes_a_failure_go_away(value: str) -> None:
    assert level(value) is Level.NONE


@pytest.mark.parametrize(
    "value",
    [
        REJECTED.replace("(p=REJECT)", "(p=NONE sp=NONE dis=NONE)"),
        REJECTED.replace("(p=REJECT)", "(p=none,has-list-id=yes,d=none,d.eval=none)"),
        REJECTED.replace("dmarc=fail (p=REJECT)", "dmarc = fail (a word) (p=none)"),
        REJECTED.replace("(p=REJECT) header.from=cust.example", "header.from = cust.example (policy=none)"),
        REJECTED.replace("(p=REJECT)", 'reason="No valid SPF" policy.dmarc=none'),
        REJECTED.replace("dmarc=fail (p=REJECT)", "dmarc/1=fail (p=none dis=none)").replace("spf=pass", "spf=[x y]"),
    ],
)
def test_a_policy_that_asks_for_nothing_is_read_where_servers_write_it(value: str) -> None:
    assert level(value) is Level.UNKNOWN


@pytest.mark.parametrize(
    "value",
    [
        GOOD.replace("; dmarc", ";\r\n\tdmarc").replace("mx.in", "(a comment (in a comment)) mx.in"),
        GOOD.replace("dkim=pass", "dkim=pass (2048-bit key; unprotected)"),
        GOOD.replace("spf=pass", "spf=pass (sender IP is 192.0.2.7)").replace("(p=REJECT)", "action=none"),
        GOOD.replace("header.s=s1", 'header.s="s1" header.b="YW/+=="'),
        GOOD.replace("smtp.mailfrom=anne@cust.example", "smtp.mailfrom=prvs=123=anne@cust.example"),
        GOOD + '; x-tls=pass smtp.version=TLSv1.3 smtp.bits=256/256; iprev=pass (a) policy.iprev="2001:db8::1"',
    ],
)
def test_what_servers_write_is_read(value: str) -> None:
    assert level(value) is Level.DKIM


COVERED = "from:to:subject:date"


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        ((signature(fields=COVERED), *FIELDS), Level.DKIM),
        ((signature(fields=COVERED, tags=" l=5;"), *FIELDS), Level.UNKNOWN),
        ((signature(fields="from:subject:date"), *FIELDS), Level.UNKNOWN),
        ((signature(fields="from:to:date"), *FIELDS), Level.UNKNOWN),
        ((signature(fields=COVERED), *FIELDS, "Subject: !close"), Level.UNKNOWN),
        ((signature(fields=COVERED), *FIELDS[:1], "To: x@other.example", *FIELDS[2:]), Level.UNKNOWN),
        (
            (signature(fields=COVERED), *FIELDS[:1], "To: x@other.example", *FIELDS[2:], "Cc: support@in.example"),
            Level.UNKNOWN,
        ),
        ((signature(fields=COVERED), signature(fields="from:subject:date"), *FIELDS), Level.UNKNOWN),
        ((signature("evil.example", fields=COVERED), *FIELDS), Level.UNKNOWN),
        (FIELDS, Level.UNKNOWN),
    ],
)
def test_a_valid_signature_speaks_for_what_it_covers_and_nothing_more(mail: Sequence[str], expected: Level) -> None:
    assert level(GOOD, mail=mail) is expected


@given(st.text(alphabet='abc.;="()\\ @policy.dmarc=none', max_size=60))
def test_whatever_a_sender_has_quoted_a_failure_stays_one(words: str) -> None:
    assert level(_with(MAILFROM, f"smtp.mailfrom={words}@evil.example")) is not Level.DKIM
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    assert level(_with(MAILFROM, f'smtp.mailfrom="{quoted}"@evil.example')) is Level.NONE


@given(st.text(max_size=100))
def test_no_text_without_a_dmarc_result_proves_anything(text: str) -> None:
    raw = f"Authentication-Results: mx.in.example; {text}\r\n{RECEIVED}\r\n\r\n".encode("utf-8", "surrogatepass")

    found = judge_results(
        raw,
        ANNE,
        door=Door.LMTP,
        trusted=("mx.in.example",),
        ours=lambda _: True,
        exact=False,
        coverage=Coverage.COMMON,
    )

    assert found.reasons
    assert found.level is Level.UNKNOWN or "dmarc" in text.lower()
