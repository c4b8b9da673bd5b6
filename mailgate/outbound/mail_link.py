"""A mail that is ready to be sent, in a template: `{{ action | mail_link }}` is a link in HTML."""

from collections.abc import Mapping

from mailgate.mail.mailto import MailAction
from mailgate.outbound.markup import Written, escape_markdown


def link_in_text(action: object, subject: str = "") -> str:
    """Its label, or the address alone: what to write there is said beside it."""
    mail = _action(action, subject)
    return mail.name or mail.to


def link_in_markdown(action: object, subject: str = "") -> str:
    """The same, leading to a mail with subject and body filled in; where no address is left of it, as in a mail of the
    archive that has lost what opened something, only the words that stand there instead."""
    mail = _action(action, subject)
    shown = escape_markdown(mail.name or mail.to)
    return Written(f"[{shown}](<{mail.href}>)" if "@" in mail.to else shown)


def _action(action: object, subject: str) -> MailAction:
    fields = action if isinstance(action, Mapping) else {}
    label, to, own, body = (str(fields.get(name) or "") for name in ("label", "to", "subject", "body"))
    return MailAction(label, to, subject or own, f"{body}\n")
