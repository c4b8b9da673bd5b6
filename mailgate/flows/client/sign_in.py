"""Somebody asks to see the web view: a link goes to the stored address, and only there."""

import re
from datetime import datetime, timedelta

from mailgate.authority import Action, Verdict, decide
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Settled
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import Notice
from mailgate.mail.address import Mailbox
from mailgate.mail.automatic import answer_unwanted
from mailgate.mail.disposition import Disposition
from mailgate.mail.link_token import LinkPurpose, LinkToken, Viewer, seal_link, sign_in_code
from mailgate.people import Contact, Registered, Sender, Staff
from store import people

LINK_LIFETIME = timedelta(minutes=30)

_NONCE = re.compile("[a-z2-7]{26}")  # 128 bits in base32

NO_NONCE = ""
"""The link was asked for by mail, not in a browser."""


def sign_in(act: Act, incoming: Incoming, sender: Sender) -> Settled:
    """Answer a mail to sign-in@ with a link for each account of its author; a stranger gets nothing, and no hint."""
    robot = incoming.automatic or answer_unwanted(incoming.message)
    if robot:
        return Settled(Disposition.AUTOMATIC, robot, evidence=incoming.evidence)
    if decide(Action.SIGN_IN, incoming.evidence) is not Verdict.DO:
        return Settled(Disposition.HELD, "; ".join(incoming.evidence.reasons), evidence=incoming.evidence)
    if act.settings.web.listen is None and isinstance(sender, Staff | Registered):
        return Settled(Disposition.HELD, "asks to sign in, and there are no pages", evidence=incoming.evidence)
    nonce = next(filter(None, map(_nonce_in, incoming.recipients)), NO_NONCE)
    if isinstance(sender, Staff):
        code = sign_in_code(sender.id, people.epoch_of_staff(act.conn, sender.id), act.key, at=act.now)
        asked = [_letter(act, incoming, sender, staff_link(act, sender.id, nonce), code)]
    elif isinstance(sender, Registered):
        asked = [
            _letter(act, incoming, contact, contact_link(act, contact.id, nonce), None) for contact in sender.contacts
        ]
    else:
        return Settled(Disposition.COMMAND, "asks to sign in, but is nobody we know", evidence=incoming.evidence)
    notify(act, asked, cause=incoming)
    return Settled(Disposition.COMMAND, "sign-in link sent", evidence=incoming.evidence)


def _letter(act: Act, incoming: Incoming, reader: Staff | Contact, link: str, code: str | None) -> Notice:
    """`code`: what staff may type instead, None for customers."""
    return letter(
        Template.SIGN_IN,
        sheet_for(act, reader, answers=incoming, subject=""),
        {"has_code": code is not None},
        secret={"link": link, "code": _to_be_typed(code or "")},
    )


def _to_be_typed(code: str) -> str:
    """In groups of four, as people read it off."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4)).upper()


def _nonce_in(recipient: Mailbox) -> str:
    """The browser's nonce in the detail of an address, as the sign-in form writes it.

    It is a digest of what the browser's cookie holds, so it needs no signature: whoever makes one up gets a link that
    fits no browser but his own, at an address that is not his.
    """
    return recipient.detail if _NONCE.fullmatch(recipient.detail) else NO_NONCE


def contact_link(act: Act, contact_id: int, nonce: str) -> str:
    """The URL that signs a contact in."""
    return _link(act, Viewer.CONTACT, contact_id, people.epoch_of_contact(act.conn, contact_id), nonce)


def staff_link(act: Act, staff_id: int, nonce: str) -> str:
    """The URL that signs a staff member in, in the browser that has the nonce."""
    return _link(act, Viewer.STAFF, staff_id, people.epoch_of_staff(act.conn, staff_id), nonce)


def _link(act: Act, viewer: Viewer, person_id: int, epoch: int, nonce: str) -> str:
    expires_at: datetime = act.now + LINK_LIFETIME
    word = seal_link(LinkToken(LinkPurpose.SIGN_IN, viewer, person_id, epoch, nonce, expires_at), act.key)
    return f"{act.settings.web.public_url}/in/{word}"
