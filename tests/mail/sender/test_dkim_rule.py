"""The DKIM rule: what is tried, what is refused, and what is valid and yet no proof."""

import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import LookupFailed
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.dkim_rule import MAX_SIGNATURES, Signature, Worth, check_signatures
from tests.mail.mails import from_corpus, written
from tests.signing import FIELDS, Signer
from tests.zone import Zone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CUST = Signer("cust.example")
MAIL = written(
    "To: support@support.example",
    "Subject: It is broken",
    "Date: Mon, 02 Mar 2026 08:59:00 +0000",
    "Message-ID: <1@cust.example>",
    author="Anne <anne@cust.example>",
)
RFC_8463 = {
    "brisbane": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2"
    "jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2"
    "kryOTIKT+l/K4w3QIDAQAB",
}
EVERYTHING = ("from", "to", "cc", "subject", "date", "reply-to", "message-id", "content-type", "mime-version")


def judged(
    raw: bytes,
    *signers: Signer,
    zone: Zone | None = None,
    exact: str | None = None,
    coverage: Coverage = Coverage.COMMON,
    now: datetime = NOW,
    ours: Callable[[str], bool] = "support@support.example".__eq__,
) -> tuple[Signature, ...]:
    keys = {signer.name: signer.record for signer in (CUST, *signers)}
    return check_signatures(
        raw,
        aligned=lambda domain: domain.endswith(("cust.example", "football.example.com")),
        exact=exact,
        coverage=coverage,
        ours=ours,
        lookup=zone or Zone(keys),
        now=now,
    )


def worth(raw: bytes, *signers: Signer, coverage: Coverage = Coverage.COMMON, now: datetime = NOW) -> tuple[Worth, str]:
    (signature,) = judged(raw, *signers, coverage=coverage, now=now)
    return signature.worth, signature.reason


def test_a_signature_of_the_author_s_domain_vouches_for_the_mail() -> None:
    (found,) = judged(CUST.sign(MAIL, at=NOW))

    told = "a DKIM signature of cust.example covers the mail"
    assert (found.domain, found.worth, found.reason) == ("cust.example", Worth.VOUCHES, told)
    assert len(found.seals) == 1


@pytest.mark.parametrize("selector", ["brisbane", "test"])
def test_the_example_of_rfc_8463_by_either_of_its_keys(selector: str) -> None:
    zone = Zone({f"{selector}._domainkey.football.example.com": RFC_8463[selector]})

    found = judged(
        from_corpus("rfc8463_two_signatures"),
        zone=zone,
        now=datetime(2018, 6, 11, tzinfo=UTC),
        exact="football.example.com",
        ours=lambda address: address.endswith("@shopping.example.net"),
    )

    assert found[-1].worth is Worth.VOUCHES
    assert [one.worth for one in found[:-1]] == [Worth.NOTHING] * (selector == "test")


def test_the_example_of_rfc_8463_with_one_letter_changed() -> None:
    raw = from_corpus("rfc8463_two_signatures").replace(b"lost the game", b"lost the gamf")
    zone = Zone({f"{selector}._domainkey.football.example.com": key for selector, key in RFC_8463.items()})

    found = judged(raw, zone=zone, now=datetime(2018, 6, 11, tzinfo=UTC))

    assert {one.worth for one in found} == {Worth.NOTHING}


def test_a_pipe_s_line_ends_do_no_harm() -> None:
    assert worth(CUST.sign(MAIL, at=NOW).replace(b"\r\n", b"\n"))[0] is Worth.VOUCHES


# What was signed and what then reached us: M6 and B18 of the bad inputs.
PADDED = {
    "another subject on top": MAIL.replace(b"Subject:", b"Subject: !close\r\nSubject:"),
    "another subject below": MAIL.replace(b"\r\n\r\n", b"\r\nSubject: !close\r\n\r\n", 1),
    "another To": MAIL.replace(b"\r\n\r\n", b"\r\nTo: x@evil.example\r\n\r\n", 1),
    "another Date": MAIL.replace(b"\r\n\r\n", b"\r\nDate: Mon, 02 Mar 2026 08:59:00 +0000\r\n\r\n", 1),
    "a Content-Type": MAIL.replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n", 1),
    "another text": MAIL + b"!close\r\n",
    "another From": MAIL.replace(b"\r\n\r\n", b"\r\nFrom: b@evil.example\r\n\r\n", 1),
}
ONCE = ("from", "to", "subject", "date", "message-id")


@pytest.mark.parametrize("name", PADDED)
def test_what_somebody_added_takes_the_proof_away(name: str) -> None:
    signed = CUST.sign(MAIL, at=NOW, fields=ONCE)
    signature = signed[: len(signed) - len(MAIL)]

    assert all(one.worth is not Worth.VOUCHES for one in judged(signature + PADDED[name]))


def test_a_signature_with_l_is_valid_and_no_proof() -> None:
    raw = CUST.sign(MAIL, at=NOW, length=5) + b"!cancel S-7\r\n"

    assert worth(raw) == (
        Worth.PARTIAL,
        "the DKIM signature of cust.example is valid, but covers only the beginning of the text",
    )


@pytest.mark.parametrize(
    ("fields", "coverage", "expected"),
    [
        (FIELDS, Coverage.COMMON, None),
        (EVERYTHING, Coverage.STRICT, None),
        (("from",), Coverage.COMMON, "Subject"),
        (("from", "subject"), Coverage.COMMON, "Date"),
        (("from", "subject", "date"), Coverage.COMMON, "the To or Cc that names us"),
        (("from", "subject", "date", "cc"), Coverage.COMMON, "the To or Cc that names us"),
        (("from", "subject", "date", "to"), Coverage.COMMON, None),
        (("from", "subject", "date"), Coverage.STRICT, "To"),
        (("from", "to", "subject", "date"), Coverage.STRICT, "Message-Id"),
    ],
)
def test_what_a_signature_must_cover(fields: Sequence[str], coverage: Coverage, expected: str | None) -> None:
    found, reason = worth(CUST.sign(MAIL, at=NOW, fields=fields), coverage=coverage)

    assert found is (Worth.PARTIAL if expected else Worth.VOUCHES)
    assert expected is None or reason.endswith(f"leaves out {expected}")


def test_a_reply_to_that_nobody_signed_counts_by_the_setting() -> None:
    raw = CUST.sign(MAIL, at=NOW, fields=ONCE).replace(b"\r\n\r\n", b"\r\nReply-To: x@evil.example\r\n\r\n", 1)

    assert worth(raw, coverage=Coverage.COMMON)[0] is Worth.VOUCHES  # it means nothing here
    assert worth(raw, coverage=Coverage.STRICT)[0] is Worth.PARTIAL


PARTS = b"--b1\r\n\r\nHello\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--b1--\r\n"


@pytest.mark.parametrize(
    ("content_type", "body", "vouched"),
    [
        (b"text/plain; charset=utf-8", b"Hello\r\n", True),
        (b"multipart/alternative; boundary=b1", PARTS, True),
        (b'multipart/alternative;\r\n boundary="b1"', PARTS, True),
        (b'multipart/alternative; boundary="b2"', PARTS, False),
        (b"multipart/mixed; boundary=b1; boundary=b2", PARTS, False),
        (b"multipart/mixed", PARTS, False),
        (b"multipart/mixed; boundary=b1", b"Before\r\n" + PARTS, False),
        (b"multipart/mixed; boundary=b1", PARTS + b"After\r\n", False),
        (b"text/html", b"Hello\r\n", False),
        (b"text/plainer", b"Hello\r\n", False),
    ],
)
def test_an_unsigned_content_type_needs_a_body_that_can_be_read_in_one_way(
    content_type: bytes, body: bytes, vouched: bool
) -> None:
    head = MAIL.partition(b"\r\n\r\n")[0]
    raw = CUST.sign(head + b"\r\nContent-Type: " + content_type + b"\r\n\r\n" + body, at=NOW, fields=ONCE)

    assert (worth(raw)[0] is Worth.VOUCHES) is vouched


@pytest.mark.parametrize(
    ("made", "tags", "now", "expected"),
    [
        (NOW, "", NOW, Worth.VOUCHES),
        (NOW + timedelta(minutes=9), "", NOW, Worth.VOUCHES),
        (NOW + timedelta(minutes=11), "", NOW, Worth.NOTHING),
        (NOW, "", NOW + timedelta(hours=71), Worth.VOUCHES),
        (NOW, "", NOW + timedelta(hours=73), Worth.PARTIAL),
        (NOW, f"x={int(NOW.timestamp()) + 60}; ", NOW, Worth.VOUCHES),
        (NOW, f"x={int(NOW.timestamp()) + 60}; ", NOW + timedelta(seconds=61), Worth.NOTHING),
        (NOW, f"x={int(NOW.timestamp()) - 60}; ", NOW - timedelta(minutes=5), Worth.NOTHING),
        (NOW, "x=soon; ", NOW, Worth.NOTHING),
        (None, "", NOW, Worth.VOUCHES),  # then its Date says when
        (None, "", NOW + timedelta(days=5), Worth.PARTIAL),
        (NOW, "q=dns/other; ", NOW, Worth.NOTHING),
        (NOW, "i=anne@mail.cust.example; ", NOW, Worth.VOUCHES),
        (NOW, "i=anne@evil.example; ", NOW, Worth.NOTHING),
        (NOW, "i=anne@evilcust.example; ", NOW, Worth.NOTHING),
        (NOW, "d=evil.example; ", NOW, None),  # a tag that stands twice
    ],
)
def test_tags_of_time_and_place(made: datetime | None, tags: str, now: datetime, expected: Worth | None) -> None:
    found = judged(CUST.sign(MAIL, at=made, tags=tags), now=now)

    assert [one.worth for one in found] == ([] if expected is None else [expected])


GOOD = CUST.record.partition("p=")[2]


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([], "has no key in the DNS"),
        (["v=spf1 -all"], "has no key in the DNS"),
        (["v=DKIM1; k=ed25519; p="], "has a key that was revoked"),
        ([f"v=DKIM1; k=ed25519; t=y; p={GOOD}"], "is being tried out"),
        ([f"v=DKIM1; k=ed25519; t=y:s; p={GOOD}"], "is being tried out"),
        ([f"v=DKIM1; k=ed25519; s=tlsrpt; p={GOOD}"], "has a key that is not for it"),
        ([f"v=DKIM1; k=ed25519; h=sha1; p={GOOD}"], "has a key that is not for it"),
        ([f"v=DKIM1; p={GOOD}"], "has a key of another kind"),
        ([f"v=DKIM2; k=ed25519; p={GOOD}"], "has no key in the DNS"),
        ([CUST.record, Signer("x.example").record], "has several keys in the DNS"),
        (["v=DKIM1; k=ed25519; p=!!!!"], "does not fit the mail"),
        ([f"v=DKIM1; k=ed25519; p={'A' * 4000}"], "has a key that is too long"),
        ([Signer("x.example").record], "does not fit the mail"),
    ],
)
def test_keys_that_are_none(records: list[str], reason: str) -> None:
    (found,) = judged(CUST.sign(MAIL, at=NOW), zone=Zone({CUST.name: records}))

    assert (found.worth, found.reason) == (Worth.NOTHING, f"the DKIM signature of cust.example {reason}")


@pytest.mark.parametrize(("bits", "expected"), [(512, Worth.NOTHING), (1024, Worth.VOUCHES), (2048, Worth.VOUCHES)])
def test_rsa_keys_count_from_1024_bits_on(bits: int, expected: Worth) -> None:
    made = subprocess.run(["openssl", "genrsa", "-traditional", str(bits)], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout"], input=made, capture_output=True, check=True).stdout
    record = "v=DKIM1; k=rsa; p=" + "".join(public.decode().splitlines()[1:-1])
    signed = dkim.sign(MAIL, b"r1", b"cust.example", made, include_headers=[b"from", b"to", b"subject", b"date"]) + MAIL

    (found,) = judged(signed, zone=Zone({"r1._domainkey.cust.example": record}), now=datetime.now(UTC))

    assert found.worth is expected


def test_a_kind_of_signature_that_proves_nothing_is_refused() -> None:
    raw = CUST.sign(MAIL, at=NOW).replace(b"a=ed25519-sha256", b"a=rsa-sha1")

    assert worth(raw) == (Worth.NOTHING, "the DKIM signature of cust.example is of a kind that proves nothing")


def test_staff_need_a_signature_of_their_very_domain() -> None:
    sub = Signer("mail.cust.example")
    raw = sub.sign(MAIL, at=NOW)

    found = judged(raw, sub, exact="cust.example")
    both = judged(CUST.sign(raw, at=NOW), sub, exact="cust.example")

    assert found[0].worth is Worth.PARTIAL
    assert both[-1].worth is Worth.VOUCHES


def test_a_bad_signature_on_top_does_not_hide_a_good_one() -> None:
    raw = b"DKIM-Signature: v=1; d=cust.example; b=x\r\nDKIM-Signature: \xff;;\r\n" + CUST.sign(MAIL, at=NOW)

    assert [one.worth for one in judged(raw)] == [Worth.NOTHING, Worth.VOUCHES]


def test_only_so_many_signatures_are_tried() -> None:
    junk = b"DKIM-Signature: v=1; d=cust.example; b=x\r\n"

    few = judged(junk * (MAX_SIGNATURES - 1) + CUST.sign(MAIL, at=NOW))
    many = judged(junk * MAX_SIGNATURES + CUST.sign(MAIL, at=NOW))

    assert few[-1].worth is Worth.VOUCHES
    assert [one.worth for one in many] == [Worth.NOTHING] * MAX_SIGNATURES


def test_signatures_of_unrelated_domains_are_not_even_looked_up() -> None:
    evil = Signer("evil.example")
    zone = Zone({evil.name: evil.record})

    assert judged(evil.sign(MAIL, at=NOW), zone=zone) == ()
    assert zone.asked == []


def test_a_key_that_cannot_be_looked_up_waits_unless_another_signature_vouches() -> None:
    other = Signer("cust.example", "s2")
    zone = Zone({CUST.name: CUST.record}, broken={other.name})

    with pytest.raises(LookupFailed):
        judged(other.sign(MAIL, at=NOW), zone=zone)

    assert judged(other.sign(CUST.sign(MAIL, at=NOW), at=NOW), zone=zone)[-1].worth is Worth.VOUCHES


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" folded: first\r\nFrom: a@cust.example\r\n\r\n",
        b"DKIM-Signature: d=cust.example\r\n\r\n",
        b"\xff\r\n\r\n",
    ],
)
def test_what_dkimpy_cannot_read_has_no_signature(raw: bytes) -> None:
    assert judged(raw) == ()


@given(
    st.binary(max_size=200), st.sampled_from(["", "d=cust.example; ", "v=1; a=ed25519-sha256; d=cust.example; s=s1; "])
)
def test_judging_never_raises(junk: bytes, tags: str) -> None:
    found = judged(b"DKIM-Signature: " + tags.encode() + junk + b"\r\n" + MAIL)

    assert all(one.worth is Worth.NOTHING for one in found)


def _blanks_in_the_text() -> bytes:
    return CUST.sign(MAIL + (b" " * 60_000 + b"x\r\n") * 100, at=NOW)


def _blanks_in_the_signature() -> bytes:
    signed = CUST.sign(MAIL, at=NOW)
    return signed.replace(b" b=", b" b" + b"\r\n \t" * 60_000 + b"=", 1)


def _many_fields() -> bytes:
    return b"".join(b"a%d:\r\n" % n for n in range(20_000)) + CUST.sign(MAIL, at=NOW)


def _many_folds() -> bytes:
    return CUST.sign(b"X-Long: x\r\n" + b" x\r\n" * 50_000 + MAIL, at=NOW)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_blanks_in_the_text, [Worth.VOUCHES]),
        (_blanks_in_the_signature, []),
        (_many_fields, []),
        (_many_folds, [Worth.VOUCHES]),
    ],
)
def test_a_mail_that_is_made_to_take_long_does_not(make: Callable[[], bytes], expected: list[Worth]) -> None:
    raw = make()
    began = time.process_time()

    found = judged(raw)

    assert time.process_time() - began < 10
    assert [one.worth for one in found] == expected
