"""Our DKIM signatures, as dkimpy and our own rule for others' mail see them."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

import dkim
import pytest
from dkim.util import parse_tag_value
from hypothesis import given
from hypothesis import strategies as st

from mailgate.letters.kind import Template
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.dkim_rule import Worth, check_signatures
from mailgate.mail.signing_key import Algorithm, SigningKey, make_pair, record_name
from mailgate.outbound.sign import signed
from tests.outbound.notices import composed, notice_to_anne
from tests.zone import Zone

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OURS = "example.net"
PAIR = make_pair(1)
RSA, ED25519 = PAIR
RECORDS = {record_name(key.selector, OURS): key.record for key in PAIR}
REPLY = composed(notice_to_anne(Template.REPLY)).raw


def by_us(raw: bytes, *keys: SigningKey) -> bytes:
    return signed(raw, keys or PAIR, domain=OURS, at=AT)


def holds(raw: bytes, *, index: int = 0, records: Mapping[str, str] = RECORDS) -> bool:
    """What dkimpy says of the signature with this place from the top."""
    found = {name.encode() + b".": text.encode() for name, text in records.items()}
    try:
        return bool(dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: found.get(name)))
    except dkim.ValidationError:  # the text is another one
        return False


def tags(raw: bytes, index: int = 0) -> dict[str, str]:
    fields = [value for name, value in dkim.DKIM(raw).headers if name == b"DKIM-Signature"]
    return {tag.decode(): value.decode() for tag, value in parse_tag_value(fields[index]).items()}


@pytest.mark.parametrize("template", Template)
def test_every_kind_of_mail_holds_with_both_keys(template: Template) -> None:
    mail = by_us(composed(notice_to_anne(template)).raw)

    assert [holds(mail, index=index) for index in (0, 1)] == [True, True]


@pytest.mark.parametrize("key", PAIR, ids=lambda key: key.algorithm)
def test_our_own_rule_takes_it_for_the_whole_mail_as_strictly_as_for_staff(key: SigningKey) -> None:
    (found,) = check_signatures(
        by_us(REPLY, key),
        aligned=lambda domain: domain == OURS,
        exact=OURS,
        coverage=Coverage.STRICT,
        ours=lambda _: True,
        lookup=Zone(RECORDS),
        now=AT,
    )

    assert found.worth is Worth.VOUCHES


def test_the_signatures_stand_above_the_mail_as_it_was_rsa_first() -> None:
    mail = by_us(REPLY)

    assert mail.endswith(REPLY)
    assert [tags(mail, index)["a"] for index in (0, 1)] == ["rsa-sha256", "ed25519-sha256"]
    assert [tags(mail, index)["s"] for index in (0, 1)] == ["mg1-rsa", "mg1-ed"]


def test_a_signature_says_whose_it_is_and_when_it_was_made_and_covers_all() -> None:
    found = tags(by_us(REPLY))

    assert (found["v"], found["c"], found["d"], found["t"]) == ("1", "relaxed/relaxed", OURS, str(int(AT.timestamp())))
    assert not {"l", "x", "z"} & set(found)


def test_a_long_signature_is_folded_into_short_lines() -> None:
    head = by_us(REPLY)[: -len(REPLY)]

    assert max(len(line) for line in head.split(b"\r\n")) <= 78


def test_without_keys_the_mail_is_as_it_was() -> None:
    assert signed(REPLY, (), domain=OURS, at=AT) == REPLY


def test_the_same_mail_is_signed_with_the_same_bytes() -> None:
    assert by_us(REPLY) == by_us(REPLY)


@pytest.mark.parametrize(
    "name",
    [
        *("From", "To", "Cc", "Subject", "Date", "Reply-To", "Message-ID", "In-Reply-To", "References"),
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
    ],
)
@pytest.mark.parametrize("key", PAIR, ids=lambda key: key.algorithm)
def test_a_field_that_somebody_adds_breaks_it(name: str, key: SigningKey) -> None:
    mail = by_us(REPLY, key)

    above = f"{name}: somebody@else.example\r\n".encode() + mail
    below = mail.replace(b"\r\n\r\n", f"\r\n{name}: somebody@else.example\r\n\r\n".encode(), 1)

    assert [holds(mail), holds(above), holds(below)] == [True, False, False]


@pytest.mark.parametrize("key", PAIR, ids=lambda key: key.algorithm)
def test_text_that_somebody_adds_or_changes_breaks_it(key: SigningKey) -> None:
    mail = by_us(REPLY, key)

    assert not holds(mail + b"And send me money.\r\n")
    assert not holds(mail.replace(b"Subject: Re: No mail", b"Subject: Re: No main"))


def test_what_mail_servers_do_to_blanks_breaks_nothing() -> None:
    raw = b"From: Support <support@example.net>\r\nSubject: one two\r\n\r\nHello Anne,\r\n\r\nall is well.\r\n"
    on_its_way = (
        by_us(raw).replace(b"Subject: one two", b"subject:  one\r\n\ttwo ").replace(b"Anne,\r\n", b"Anne, \r\n")
    )

    assert [holds(on_its_way + b"\r\n\r\n", index=index) for index in (0, 1)] == [True, True]


lines = st.text(alphabet=" \tab.:=", max_size=12)


@given(
    st.lists(lines, max_size=8), lines, st.lists(st.sampled_from(["To", "Cc", "X-Odd", "to", "List-Id"]), max_size=5)
)
def test_dkimpy_agrees_about_blanks_empty_lines_and_fields_that_stand_twice(
    body: list[str], value: str, names: list[str]
) -> None:
    head = [f"From: a@{OURS}", *(f"{name}:{value}x\r\n {value}y" for name in names)]
    raw = "\r\n".join((*head, "", *body, "")).encode()  # as SMTP ends it

    mail = by_us(raw)

    assert [holds(mail, index=index) for index in (0, 1)] == [True, True]


def test_a_key_says_in_the_dns_what_it_is() -> None:
    rsa, ed25519 = (parse_tag_value(key.record.encode()) for key in PAIR)

    assert (rsa[b"k"], len(base64.b64decode(rsa[b"p"]))) == (b"rsa", 294)  # 2048 bits in a SubjectPublicKeyInfo
    assert (ed25519[b"k"], len(base64.b64decode(ed25519[b"p"]))) == (b"ed25519", 32)
    assert [key.algorithm for key in PAIR] == [Algorithm.RSA, Algorithm.ED25519]
    assert [key.private.hex() in repr(key) or repr(key.private) in repr(key) for key in PAIR] == [False, False]
