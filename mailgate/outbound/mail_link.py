"""A mail that is ready to be sent, in a template: `{{ action | mail_link }}` is a link in HTML."""

from collections.abc import Mapping

from jinja2 import pass_context
from jinja2.runtime import Context

from mailgate.mail.mailto import MailAction
from mailgate.outbound.markup import Markdown, worded


def link_in_text(action: object, subject: str = "") -> str:
    """Its label, or the address alone: what to write there is said beside it."""
    mail = _action(action, subject)
    return mail.name or mail.to


@pass_context  # not a constant, even where all that it is given is one
def link_in_markdown(_: Context, action: object, subject: str = "") -> str:
    """The same, leading to a mail with subject and body filled in; where no address is left of it, as in a mail of the
    archive that has lost what opened something, only the words that stand there instead."""
    mail, data = _action(action, subject), worded.get()
    shown = data.mark(mail.name or mail.to)
    return Markdown(f"[{shown}]({data.mark_piece(mail.href)})" if "@" in mail.to else shown)


def _action(action: object, subject: str) -> MailAction:
    fields = action if isinstance(action, Mapping) else {}
    label, to, own, body = (str(fields.get(name) or "") for name in ("label", "to", "subject", "body"))
    return MailAction(label, to, subject or own, f"{body}\n")
