"""DKIM, SPF and DMARC together; nothing is worse than 0 unless the domain itself asks for it."""

from datetime import UTC, datetime

import pytest

from mailgate.errors import LookupFailed
from mailgate.mail.address import Mailbox
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.mail.sender.verification import Spf, verify
from tests.mail.mails import written
from tests.signing import Signer
from tests.zone import Zone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANNE = Mailbox("anne", "", "cust.example")
CUST, EVIL = Signer("cust.example"), Signer("evil.example")
MAIL = written(
    "To: support@support.example", "Subject: hello", "Date: Mon, 02 Mar 2026 08:59:00 +0000", author="anne@cust.example"
)
SIGNED = CUST.sign(MAIL, at=NOW)
PASS, FAIL = Spf("pass", "cust.example", "192.0.2.7"), Spf("fail", "cust.example", "192.0.2.7")
LISTED = SIGNED + b"-- \r\nThis list is for all\r\n"  # what a mailing list does to a signature


def zone(policy: str | None, *broken: str) -> Zone:
    records: dict[str, str] = {CUST.name: CUST.record, EVIL.name: EVIL.record}
    if policy is not None:
        records["_dmarc.cust.example"] = f"v=DMARC1; {policy}"
    return Zone(records, broken=set(broken))


def judged(
    raw: bytes, policy: str | None = None, spf: Spf | None = None, *, to_us: bool = True, at: Zone | None = None
) -> Evidence:
    return verify(
        raw,
        ANNE,
        lookup=at or zone(policy),
        check_spf=lambda: spf,
        ours=lambda address: to_us,
        exact=False,
        coverage=Coverage.COMMON,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("raw", "spf", "level"),
    [
        (SIGNED, None, Level.DKIM),
        (SIGNED, FAIL, Level.DKIM),  # forwarded
        (MAIL, PASS, Level.SPF),
        (LISTED, PASS, Level.SPF),
        (CUST.sign(MAIL, at=NOW, length=5) + b"!close\r\n", None, Level.UNKNOWN),
        (CUST.sign(MAIL, at=NOW, length=5) + b"!close\r\n", PASS, Level.SPF),
    ],
)
@pytest.mark.parametrize("policy", [None, "p=none", "p=quarantine", "p=reject"])
def test_what_passes_does_so_under_any_policy(raw: bytes, spf: Spf | None, level: Level, policy: str | None) -> None:
    assert judged(raw, policy, spf).level is level


@pytest.mark.parametrize("raw", [MAIL, LISTED, EVIL.sign(MAIL, at=NOW)], ids=["unsigned", "by a list", "by a stranger"])
@pytest.mark.parametrize(
    "spf",
    [None, FAIL, Spf("softfail", "cust.example", "192.0.2.7"), Spf("pass", "lists.example", "192.0.2.7")],
    ids=["no spf", "fail", "softfail", "of another domain"],
)
@pytest.mark.parametrize(
    ("policy", "level"),
    [
        (None, Level.UNKNOWN),
        ("p=none", Level.UNKNOWN),
        ("p=quarantine; t=y", Level.UNKNOWN),
        ("p=quarantine", Level.NONE),
        ("p=reject", Level.NONE),
        ("p=reject; t=y", Level.NONE),
    ],
)
def test_what_fails_is_worse_than_unknown_only_when_the_domain_asks_for_it(
    raw: bytes, spf: Spf | None, policy: str | None, level: Level
) -> None:
    evidence = judged(raw, policy, spf)

    assert evidence.level is level
    assert all(evidence.reasons)


def test_a_true_mail_to_somebody_else_is_no_proof_here() -> None:
    evidence = judged(SIGNED, "p=reject", to_us=False)

    assert evidence == Evidence(
        Level.UNKNOWN,
        (
            "the DKIM signature of cust.example is valid, but the mail is addressed to somebody else",
            "no SPF: the sender's host is not known here",
        ),
    )


def test_the_reasons_tell_what_was_missing() -> None:
    assert judged(LISTED, "p=reject", FAIL).reasons == (
        "DMARC failed: cust.example asks to reject such mail",
        "the DKIM signature of cust.example does not fit the mail",
        "SPF of cust.example: fail for 192.0.2.7",
    )
    assert judged(MAIL, None, PASS).reasons == (
        "SPF: 192.0.2.7 may send for cust.example",
        "no DKIM signature of cust.example",
    )


def test_spf_is_aligned_as_the_domain_asks() -> None:
    bounces = Spf("pass", "bounces.cust.example", "192.0.2.7")

    assert judged(MAIL, "p=reject", bounces).level is Level.SPF
    assert judged(MAIL, "p=reject; aspf=s", bounces).level is Level.NONE


def test_dkim_is_aligned_as_the_domain_asks() -> None:
    sub = Signer("mail.cust.example")
    strict, relaxed = zone("p=reject; adkim=s"), zone("p=reject")
    for one in (strict, relaxed):
        one.txt_records = {**one.txt_records, sub.name: sub.record}
    raw = sub.sign(MAIL, at=NOW)

    assert judged(raw, at=relaxed).level is Level.DKIM
    assert judged(raw, at=strict).level is Level.NONE


def test_spf_is_not_asked_for_when_dkim_decides() -> None:
    def no_spf() -> Spf | None:
        raise AssertionError("SPF was asked for")

    evidence = verify(
        SIGNED,
        ANNE,
        lookup=zone("p=none"),
        check_spf=no_spf,
        ours=lambda address: True,
        exact=True,
        coverage=Coverage.COMMON,
        now=NOW,
    )

    assert evidence.level is Level.DKIM


@pytest.mark.parametrize("broken", ["_dmarc.cust.example", CUST.name])
def test_a_dns_without_answer_decides_nothing(broken: str) -> None:
    with pytest.raises(LookupFailed):
        judged(SIGNED, at=zone("p=reject", broken))
