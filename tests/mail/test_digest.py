"""The digest by which copies of one message are recognised."""

import pytest

from mailgate.mail.digest import content_digest

MAIL = b"From: anne@customer.example\r\nSubject: one\r\nMessage-ID: <1@customer.example>\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    "copy",
    [
        MAIL.replace(b"\r\n", b"\n"),
        b"Received: from a by b\r\n\twith ESMTP; today\r\n" + MAIL,
        b"Return-Path: <anne@customer.example>\r\nDelivered-To: support@support.example\r\n" + MAIL,
        b"X-Spam-Status: No\r\nAuthentication-Results: mx; dmarc=pass\r\n" + MAIL,
        b"\r\n" + MAIL + b"\r\n\r\n",
        b"X-Received: by 2001:db8::1 with SMTP id q7; today\r\nX-Gm-Message-State: AbC\r\n" + MAIL,
        b"X-MS-Exchange-CrossTenant-Id: 7\r\nX-Forefront-Antispam-Report: CIP:192.0.2.7;\r\n LANG:de\r\n" + MAIL,
        b"X-Rspamd-Queue-Id: 4XyZ\r\nX-Spamd-Result: default: False [-1.0]\r\nX-Rspamd-Server: mx\r\n" + MAIL,
        b"X-Whatever-A-Filter-Says: 7\r\nARC-Seal: i=1\r\n" + MAIL,
        MAIL.replace(b"Subject: one\r\n", b"").replace(b"\r\n\r\n", b"\r\nSUBJECT:\r\n\tone\r\n\r\n"),
    ],
)
def test_a_copy_that_came_another_way_has_the_same_digest(copy: bytes) -> None:
    assert content_digest(copy) == content_digest(MAIL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MAIL, MAIL.replace(b"Hello", b"Hallo")),
        (MAIL, MAIL.replace(b"Subject: one", b"Subject: two")),
        (MAIL, MAIL.replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n")),
        (MAIL, MAIL.replace(b"<1@", b"<2@")),
        (MAIL, MAIL.replace(b"\r\n\r\n", b"\r\nno field\r\n\r\n")),
        (MAIL, b"DKIM-Signature: v=1\r\n" + MAIL),
        (b"Received: a\rSubject: one\r\rfirst\r\n", b"Received: b\rSubject: two\r\rsecond\r\n"),
        (b"Received: a\r\n \r\n first\r\n", b"Received: a\r\n \r\n second\r\n"),
        (
            b"From: cron@customer.example\r\nX-Run: 7\r\n\r\nfull",
            b"From: cron@customer.example\r\nX-Run: 8\r\n\r\nfull",
        ),
        (b"Message-ID: <[\r\nX-Run: 7\r\n\r\nfull", b"Message-ID: <[\r\nX-Run: 8\r\n\r\nfull"),
        (b"Received: a\r\n\r\nfirst", b"Received: a\r\n\r\nsecond"),
    ],
)
def test_what_a_reader_would_tell_apart_has_another_digest(one: bytes, other: bytes) -> None:
    assert content_digest(one) != content_digest(other)
