"""What `mailgate inspect` prints of a message: the one object that programs outside rely on. Never raises."""

from hashlib import sha256

from mailgate.mail.automatic import automatic, is_mailing_list
from mailgate.mail.bounces.bounce import Bounce, read_report
from mailgate.mail.bounds import MAX_INPUT
from mailgate.mail.message import NOTHING_CUT, Attachment, Author, Message
from mailgate.mail.parse import parse
from mailgate.mail.tnef import enclosed_files, is_envelope
from mailgate.mail.wire.defects import Defect

Facts = dict[str, object]


def inspect_mail(raw: bytes, cut: bool = False) -> Facts:
    """Everything that is known of a message, ready for JSON.

    What is past MAX_INPUT is not looked at, and that is a defect; `cut` says that it was already left out.
    """
    defects = (Defect.MESSAGE_TOO_LONG,) if cut or len(raw) > MAX_INPUT else ()
    try:
        return facts_of(raw[:MAX_INPUT], defects)
    except Exception:  # noqa: BLE001 - a reader of thousands of mails must not stop at one: our mistake is a defect, too
        return unread(defects)


def facts_of(raw: bytes, defects: tuple[str, ...] = ()) -> Facts:
    """The same without the net below: where something of ours raises, it is heard."""
    message = parse(raw)
    return facts(message, read_report(message, None), defects)


def unread(defects: tuple[str, ...] = ()) -> Facts:
    """The object for what could not be read at all."""
    return facts(_UNREAD, None, defects)


def facts(message: Message, bounce: Bounce | None, defects: tuple[str, ...] = ()) -> Facts:
    """The object for a message that has been read."""
    reason = automatic(message, None) or ("bounce" if bounce else None)
    return {
        "message_id": message.message_id,
        "date": message.date.isoformat(timespec="seconds") if message.date else None,
        "from": _mailbox(message.author) if message.author else None,
        "to": [_mailbox(one) for one in message.to],
        "cc": [_mailbox(one) for one in message.cc],
        "reply_to": [_mailbox(one) for one in message.reply_to],
        "subject": message.subject,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "is_mailing_list": is_mailing_list(message),
        "text": message.text,
        "html_text": message.html_text,
        "reply_text": message.own_text or message.text.strip(),
        "attachments": [_attachment(one) for one in message.attachments],
        "auto_submitted": {"is_auto": reason is not None, "reason": "bounce" if bounce else reason},
        "bounce": _bounce(bounce),
        "defects": list(dict.fromkeys((*defects, *message.defects))),
    }


def _mailbox(author: Author) -> Facts:
    return {"name": author.name, "address": author.address}


def _attachment(attachment: Attachment) -> Facts:
    row = _leaf(attachment)
    if is_envelope(attachment):
        row["files"] = [
            {"filename": one.filename, "size": len(one.content), "sha256": sha256(one.content).hexdigest()}
            for one in enclosed_files(attachment.content)
        ]
    return row


def _leaf(attachment: Attachment) -> Facts:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": len(attachment.content),
        "sha256": sha256(attachment.content).hexdigest(),
        "inline": attachment.inline,
        "content_id": attachment.content_id,
    }


def _bounce(bounce: Bounce | None) -> Facts:
    if bounce is None:
        return {"is_bounce": False, "recipients": [], "original_message_id": None}
    recipients = [
        {
            "address": one.address,
            "status": one.status,
            "action": one.action.value,
            "hard": one.hard,
        }
        for one in bounce.recipients
    ]
    return {"is_bounce": True, "recipients": recipients, "original_message_id": bounce.original_message_id}


_UNREAD = Message(
    message_id=None,
    date=None,
    author=None,
    to=(),
    cc=(),
    reply_to=(),
    subject="",
    in_reply_to=(),
    references=(),
    text="",
    html_text=None,
    reply_text="",
    own_text="",
    marked_text="",
    cut=NOTHING_CUT,
    attachments=(),
    headers=(),
    content_type="text/plain",
    report_type=None,
    defects=(Defect.UNREADABLE,),
)
