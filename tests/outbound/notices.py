"""Notices to Anne, and how a mail client reads what becomes of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice, NoticeAttachment
from mailgate.outbound.compose import Composed, compose
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import Templates

MESSAGE_ID = "o.55.k7f3@example.net"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BOUNCES = "bounce+o55.abc@example.net"

_ANNE = Notice(
    template=Template.REPLY,
    to_address="anne@example.org",
    to_name="Anne Miller",
    from_name="Jane (Example Hosting)",
    from_address="support@example.net",
    values=SAMPLES[Template.REPLY][0],
    reply_to="support+k7f3@example.net",
)
TEMPLATES = Templates()


def notice_to_anne(template: Template, values: Mapping[str, object] | None = None, **changes: Any) -> Notice:
    """A notice of this template with its sample values, but for those given."""
    notice = replace(_ANNE, template=template, values={**SAMPLES[template][0], **(values or {})})
    return replace(notice, **changes)


def composed(notice: Notice, attachments: Sequence[tuple[NoticeAttachment, bytes]] = ()) -> Composed:
    """The notice as a message, always with the same id and date."""
    return compose(
        notice, message_id=MESSAGE_ID, at=AT, reverse_path=BOUNCES, attachments=attachments, templates=TEMPLATES
    )


def opened(mail: Composed) -> EmailMessage:
    """The message as a client reads it."""
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def html_source(message: EmailMessage) -> str:
    """The HTML part as it was sent."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def shown(html: str) -> str:
    """The words that a reader of this HTML sees, a line break for every tag that makes one."""
    body = re.sub(r"<(title|style)>.*?</\1>", "", html, flags=re.DOTALL).replace("\n", " ")
    lines = re.sub(r"<(?:br /|/p|/li|li|/td|/tr)>", "\n", body)
    return unescape(re.sub(r"<[^>]*>", "", lines)).replace("\u00a0", " ")
