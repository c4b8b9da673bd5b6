"""What SpamAssassin makes of our own mail, network tests off: nothing of any kind looks like spam, in any language."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mailgate.inbound.spamd import Spamd, SpamVerdict
from mailgate.letters.kind import Template
from mailgate.mail.signing_key import make_pair
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.sign import signed
from mailgate.outbound.templates import built_in_directory
from tests.inbound.test_spamd import GTUBE
from tests.outbound.notices import AT, composed, notice_to_anne
from tests.outbound.test_compose import file
from tests.servers.spamd import SpamdServer

pytestmark = pytest.mark.server

LIMIT = 1.0
LOCALES = sorted(one.name for one in (built_in_directory() / "mail").iterdir() if one.is_dir())
PAIR = make_pair(1)
ROUTE = (
    b"Received: from mx.example.net (mx.example.net [2001:db8::9])\r\n"
    b"\tby mx.example.org (Postfix) with ESMTPS id 4ABC\r\n"
    b"\tfor <anne@example.org>; Sun, 22 Nov 2026 09:30:02 +0000 (UTC)\r\n"
)
"""What the reader's mail server writes above it; without it the rules about how a mail came are not tried."""


def verdict(spamd: SpamdServer, raw: bytes) -> SpamVerdict:
    return Spamd(spamd.address, timeout_seconds=120).check(ROUTE + raw)


def as_sent(template: Template, locale: str, values: Any, *, files: int = 0) -> bytes:
    """One mail of this kind to its sort of reader, signed."""
    reader = {"to_name": "Bart Jones", "to_address": "bart@hosting.example"} if template.kind.is_for_staff else {}
    attached = [file(f"{number}.pdf", "application/pdf", bytes(range(256)) * 40) for number in range(files)]
    raw = composed(notice_to_anne(template, values, locale=locale, **reader), attached).raw
    return signed(raw, PAIR, domain="example.net", at=AT)


def every_mail(template: Template) -> Iterator[tuple[str, bytes]]:
    for locale in LOCALES:
        for number, values in enumerate(SAMPLES[template]):
            yield f"{locale} {number}", as_sent(template, locale, values)


@pytest.mark.parametrize("template", Template)
def test_no_kind_of_mail_looks_like_spam(spamd: SpamdServer, template: Template) -> None:
    names, mails = zip(*every_mail(template), strict=True)

    with ThreadPoolExecutor(4) as asking:
        verdicts = list(asking.map(lambda raw: verdict(spamd, raw), mails))

    assert [one.unscored_reason for one in verdicts if one.score is None] == []
    suspect = {name: one for name, one in zip(names, verdicts, strict=True) if one.score and one.score >= LIMIT}
    assert suspect == {}
    # What a button says is white on its colour, and not on white.
    assert [name for name, one in zip(names, verdicts, strict=True) if "HTML_FONT_LOW_CONTRAST" in one.symbols] == []


@pytest.mark.parametrize(
    "values",
    [
        {"text": "Thanks."},
        {"text": "Ihre Domain läuft am 1. März aus; die Verlängerung kostet 24,00 EUR im Jahr.\n\nViele Grüße\nJane"},
        {"text": "Please follow these steps:\n\n1. Open https://support.example/in\n2. Choose “Password”\n" * 30},
        {"subject": "URGENT: server down!!!", "text": "It is up again. Sorry for the trouble."},
    ],
    ids=["one word", "money", "long with links", "a customer's loud subject"],
)
def test_what_staff_write_does_not_either(spamd: SpamdServer, values: dict[str, str]) -> None:
    found = verdict(spamd, as_sent(Template.REPLY, "en", values, files=2))

    assert found.score is not None
    assert found.score < LIMIT, found


def test_spam_would_be_noticed(spamd: SpamdServer) -> None:
    found = verdict(spamd, as_sent(Template.REPLY, "en", {"text": GTUBE.decode()}))

    assert found.score is not None
    assert found.score > LIMIT
