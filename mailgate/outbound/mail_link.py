"""A mail that is ready to be sent, in a template: `{{ action | mail_link }}` shows its address, in HTML as a link."""

from collections.abc import Mapping

from mailgate.mail.mailto import MailAction
from mailgate.outbound.markup import Written, escape_markdown


def link_in_text(action: object) -> str:
    """The address alone: what to write there is said beside it."""
    return _action(action).to


def link_in_markdown(action: object) -> str:
    """The address, leading to a mail with subject and body filled in; where none is left of it, as in a mail of the
    archive that has lost what opened something, only the words that stand there instead."""
    mail = _action(action)
    shown = escape_markdown(mail.to)
    return Written(f"[{shown}](<{mail.href}>)" if "@" in mail.to else shown)


def _action(action: object) -> MailAction:
    fields = action if isinstance(action, Mapping) else {}
    to, subject, body = (str(fields.get(name) or "") for name in ("to", "subject", "body"))
    return MailAction("", to, subject, f"{body}\n")
