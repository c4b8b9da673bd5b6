"""A letter: what every mail of ours says in the same way, and the notice that it makes of the words of one kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from mailgate.desks import Desk
from mailgate.letters.kind import Template
from mailgate.letters.notice import MadeFile, Notice, NoticeAttachment
from mailgate.mail.address import Mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal

TOKEN_LIFETIME = timedelta(days=60)
"""An answer later than this opens a ticket of its own, linked to the old one."""

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mail before a word of it is written: from which desk to whom, about what, in which thread."""

    company: str
    desk: Desk
    name: str  # of the reader
    address: str
    is_known: bool = False  # under this name we have registered him ourselves, so he may be greeted by it
    signature: tuple[str, ...] = ()  # lines below what customers get
    page: str | None = None  # where the reader sees the ticket
    own_address: str | None = None  # signed for the reader: where answers of his go; None: to the desk
    number: int | None = None  # of the ticket
    subject: str = ""  # of the ticket, else of the mail that it answers
    is_fixed: bool = False  # no word of an author who proved nothing may be repeated
    customer_id: int | None = None
    references: tuple[str, ...] = ()  # message ids; it answers the last
    staff_root: str | None = None  # the id that all mails to staff about the ticket share, and no mail has
    thread_index: str | None = None  # Outlook's name of the ticket's thread

    @property
    def answer_to(self) -> str:
        """Where an answer goes."""
        return self.own_address or self.desk.mailbox.address

    @property
    def sender(self) -> str:
        """Who it is from where no person is named."""
        return self.desk.sender or self.company

    def fixed(self) -> "Sheet":
        """The same, where no word of the mail's author may be repeated."""
        return replace(self, subject=_fixed_words(self.number), is_fixed=True)


def letter(
    template: Template,
    sheet: Sheet,
    values: Mapping[str, object] = _NOTHING,
    *,
    writer: str | None = None,
    files: Sequence[NoticeAttachment | MadeFile] = (),
    secret: Mapping[str, str] | None = None,
    entry_id: int | None = None,
    about_id: int | None = None,
    gist: str | None = None,
) -> Notice:
    """Write the values of this kind of mail on the sheet; these are what its template needs besides what is on it.

    `writer`: who is named as its sender, in the place of the company. The rest is as `Notice` has it.
    """
    always = {
        "company": sheet.company,
        "number": sheet.number,
        "subject": sheet.subject,
        "fixed_subject": sheet.is_fixed,
        "signature": list(sheet.signature),
        **_personal(sheet),
    }
    references = sheet.references
    if template.kind.is_for_staff and sheet.staff_root:
        references = (sheet.staff_root, *references)
    return Notice(
        template=template,
        to_address=sheet.address,
        to_name=sheet.name,
        from_name=writer or sheet.sender,
        from_address=sheet.desk.mailbox.address,
        values={**always, **values},
        reply_to=sheet.own_address,
        reverse_path=None if template.kind.is_reported else "",
        in_reply_to=sheet.references[-1] if sheet.references else None,
        references=references,
        thread_index=sheet.thread_index,
        attachments=tuple(files),
        secret=secret or {},
        topic=None if sheet.is_fixed else sheet.subject,
        ticket_id=sheet.number,
        customer_id=sheet.customer_id,
        entry_id=entry_id,
        about_id=about_id,
        gist=gist,
    )


def without_words(notice: Notice) -> Notice:
    """The same about a ticket, with no word of the mail that opened it."""
    kept = {**notice.values, "subject": _fixed_words(notice.ticket_id)}
    if "left_out" in kept:
        kept["left_out"] = []
    return replace(notice, values=kept, topic=None)


def last_for_now(notice: Notice) -> Notice:
    """The same, which says that the next answers come later."""
    return replace(notice, values={**notice.values, "is_last": True})


def for_another(notice: Notice, sheet: Sheet, actions: Sequence[Mapping[str, object]]) -> Notice:
    """The same to the reader of this sheet; `actions` are what he can do, with his own address."""
    kept = {**notice.values, **_personal(sheet)}
    if "actions" in kept:
        kept["actions"] = list(actions)
    return replace(
        notice,
        to_address=sheet.address,
        to_name=sheet.name,
        reply_to=sheet.own_address,
        in_reply_to=sheet.references[-1] if sheet.references else None,
        references=sheet.references,
        values=kept,
    )


def says_the_same(one: Notice, other: Notice) -> bool:
    """But for the greeting and the ways to answer, which each reader has for himself."""
    words = [{name: value for name, value in each.values.items() if name not in _OWN} for each in (one, other)]
    return one.template is other.template and one.entry_id == other.entry_id and words[0] == words[1]


def own_address(desk: Mailbox, purpose: Purpose, number: int, person_id: int, key: Key, *, today: date) -> str:
    """Makes `<desk>+<token>@<domain>`: where the answers of one person go that are about one ticket, or one list."""
    token = AddressToken(purpose, number, person_id, today + TOKEN_LIFETIME)
    return f"{desk.local_part}+{seal(token, key)}@{desk.domain}"


_OWN = frozenset({"actions", "reader", "page"})
"""Values that are the reader's alone."""


def _personal(sheet: Sheet) -> dict[str, object]:
    return {"reader": sheet.name if sheet.is_known else "", "page": sheet.page}


def _fixed_words(number: int | None) -> str:
    return f"Ticket {number}" if number is not None else ""
