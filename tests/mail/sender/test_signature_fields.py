"""What a signature covers is read from the same fields as all else: two readers who disagree are how one forges."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.mail.parse import parse
from mailgate.mail.sender.signature_fields import recipients, take_apart
from mailgate.mail.wire.headers import split_block
from tests.mail.mails import written
from tests.signing import Signer

CUST = Signer("cust.example")
LINES = st.sampled_from(
    [
        *(b"To: support@support.example", b"to:x@evil.example", b"To : support@support.example", b"Cc\t: a@b.example"),
        *(
            b"Subject: !close",
            b" folded",
            b"\tfolded",
            b"   ",
            b"\r",
            b"",
            b"From x",
            b">From x",
            b"From : b@evil.example",
        ),
        *(b"From: anne@cust.example", b"X-A: 1\rCc: support@support.example", b"X-\xe4: 1", b": nameless", b"no field"),
        *(
            b"Cc: a@b.example,\r\n support@support.example",
            b"X\0Y: 1",
            b"Cc: a\0@b.example",
            b"Content-Type: text/html",
        ),
        *(
            b"\xef\xbb\xbfTo: a@b.example",
            b"Cc:\r\n\r\n ",
            b"Cc: x\r\r\n y",
            b"DKIM-Signature: v=1; d=cust.example; h=from; b=; bh=",
        ),
    ]
)


@given(st.lists(LINES, max_size=6), st.lists(LINES, max_size=6), st.sampled_from([b"\r\n", b"\n"]))
@settings(max_examples=400, deadline=None)
def test_fields_and_body_are_those_of_the_parser_or_there_is_no_signature(
    above: list[bytes], below: list[bytes], end: bytes
) -> None:
    signature = b"DKIM-Signature: v=1; a=rsa-sha256; d=cust.example; s=s1; h=from:to:cc:subject:date; bh=YQ==; b=YQ=="
    raw = end.join([*above, signature, b"From: anne@cust.example", *below, b"", b"Hello", b""])

    mail = take_apart(raw)

    if mail is None:
        return
    block = split_block(raw)
    assert [name.decode("ascii") for name, _ in mail.headers] == [name for name, _ in block.fields]
    assert mail.body.replace(b"\r\n", b"\n") == raw[block.body_at :].replace(b"\r\n", b"\n")
    message = parse(raw)
    covered = {address for one in mail.signatures for address in recipients(mail, one)}
    assert covered <= {entry.address for entry in (*message.to, *message.cc)}


def test_each_signature_has_its_seal_and_what_stands_around_changes_none() -> None:
    raw = written(
        "To: support@support.example",
        "Subject: Hello",
        "Date: Mon, 02 Mar 2026 08:59:00 +0000",
        author="a@cust.example",
    )
    signed = Signer("cust.example", "s2").sign(CUST.sign(raw, at=None), at=None)

    mail, added = take_apart(signed), take_apart(b"X-Odd: 1\r\n" + signed + b"\r\n \r\n")
    other = take_apart(CUST.sign(raw.replace(b"Hello", b"Hallo", 1), at=None))

    assert mail is not None
    assert added is not None
    assert other is not None
    assert len(mail.seals) == 2
    assert mail.seals == added.seals
    assert not set(mail.seals) & set(other.seals)
