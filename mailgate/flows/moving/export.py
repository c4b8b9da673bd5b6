"""Everything that a customer is shown, in one zip file to take along: JSON, mails as .eml, files."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection

from mailgate.billing.party import PROFILE, Account, Proof
from mailgate.flows.moving.export_money import money
from mailgate.flows.moving.survey import Progress
from mailgate.mail.blind_copies import without_bcc
from mailgate.outbound.attachment import UNNAMED, safe_filename
from mailgate.people import Customer
from mailgate.tickets.wording import Tell
from store.archive import Archive
from store.billing import accounts
from store.views import customer_mails, customer_tickets
from store.views.customer_tickets import ThreadEntry, TicketHead
from store.views.files import File
from store.views.paging import Page, Turn
from store.views.visitors import ContactVisitor


@dataclass(slots=True)
class Exported:
    """What is in the file."""

    tickets: int = 0
    mails: int = 0
    files: int = 0


def export(
    conn: Connection,
    archive: Archive,
    customer: Customer,
    visitor: ContactVisitor,
    path: Path,
    *,
    tell: Tell,
    progress: Progress,
) -> Exported:
    """Write the zip file, which must not be there. `visitor` is the customer's owner, who sees all of its tickets.

    It holds what the pages show him and nothing else: no notes, no lines for staff, no answers that were not sent; mail
    as it came, without Bcc; our mail as it left, without live links. The audit trail is there as values, and as the
    words that `tell` makes of them. Raises FileExistsError and OSError.
    """
    with open(path, "xb", opener=_private) as file:
        try:
            with ZipFile(file, "w", ZIP_DEFLATED) as target:
                return _Writer(conn, archive, visitor, tell, target, Exported()).all_of(customer, progress)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


@dataclass(frozen=True, slots=True)
class _Writer:
    conn: Connection
    archive: Archive
    visitor: ContactVisitor
    tell: Tell
    target: ZipFile
    done: Exported

    def all_of(self, customer: Customer, progress: Progress) -> Exported:
        account, proof = accounts.account(self.conn, customer.id), accounts.last_proof(self.conn, customer.id)
        self.put("customer.json", {**_profile(customer), "billing": _billing(account, proof)})
        for number, head in enumerate(self.heads(), 1):
            self.ticket(head)
            progress("tickets", number, None)
        self.mails()
        for name, value in money(self.conn, customer.id):
            self.put(name, value)
        return self.done

    def put(self, name: str, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
        self.target.writestr(name, text.encode("utf-8", "replace"))

    def heads(self) -> Iterator[TicketHead]:
        lines = _all(lambda turn: customer_tickets.listing(self.conn, self.visitor, state=None, turn=turn))
        for line in lines:
            head = customer_tickets.find(self.conn, self.visitor, line.id)
            assert head is not None
            yield head

    def ticket(self, head: TicketHead) -> None:
        number = head.line.id
        thread = _all(lambda turn: customer_tickets.thread(self.conn, head, turn, self.tell))
        readers = [{"name": one.name, "email": one.address} for one in head.readers]
        about = {**asdict(head.line), "desk": head.desk, "opened_at": head.opened_at, "readers": readers}
        self.put(f"tickets/{number}.json", {**about, "entries": [self._entry(number, entry) for entry in thread]})
        self.done.tickets += 1

    def mails(self) -> None:
        rows = []
        for line in _all(lambda turn: customer_mails.listing(self.conn, self.visitor, turn)):
            mail = customer_mails.find(self.conn, self.visitor, line.id)
            assert mail is not None
            name = f"mails/out/{line.id}.eml"
            if mail.sha256:
                self._raw(name, mail.sha256)
            about = {**asdict(line), "text": mail.text, "sent_at": mail.sent_at, "failure": mail.failure}
            files = self._files(f"out-{line.id}", mail.files)
            rows.append(about | {"ticket": mail.ticket_id, "mail": name if mail.sha256 else None, "files": files})
        self.put("mails.json", rows)

    def _entry(self, number: int, entry: ThreadEntry) -> dict[str, Any]:
        text = entry.text
        if not entry.whole:
            text = customer_tickets.text_of(self.conn, self.visitor, number, entry.id) or text
        mail = None
        source = None
        if not entry.is_event:
            source = customer_tickets.source(self.conn, self.visitor, number, entry.id)
        if source:
            mail = f"mails/in/{source[0]}.eml"
            self._raw(mail, source[1])
        return {
            "id": entry.id,
            "at": entry.at,
            "kind": "event" if entry.is_event else "message",
            "event": entry.event if entry.is_event else None,
            "details": entry.details,
            "author": entry.author,
            "email": entry.address,
            "from_us": entry.from_us,
            "automatic": entry.automatic,
            "text": text,
            "mail": mail,
            "files": self._files(str(entry.id), entry.files),
            "left_out": [asdict(one) for one in entry.left_out],
        }

    def _files(self, owner: str, files: tuple[File, ...]) -> list[dict[str, Any]]:
        rows = []
        for file in files:
            name = f"files/{owner}-{file.position}-{safe_filename(file.filename or UNNAMED)}"
            self.target.writestr(name, self.archive.load(self.conn, file.sha256))
            self.done.files += 1
            about = {"filename": file.filename, "content_type": file.content_type, "size": file.size}
            rows.append({**about, "file": name})
        return rows

    def _raw(self, name: str, sha256: str) -> None:
        self.target.writestr(name, without_bcc(self.archive.load(self.conn, sha256)))
        self.done.mails += 1


def _all(read: Callable[[Turn], Page[Any]]) -> Iterator[Any]:
    """The rows of every page."""
    turn = Turn()
    while True:
        page = read(turn)
        yield from page.rows
        if not page.onward:
            return
        turn = Turn(after=page.onward)


def _profile(customer: Customer) -> dict[str, Any]:
    contacts = [{"name": one.name, "email": one.address, "roles": list(one.roles)} for one in customer.contacts]
    about = {"id": customer.id, "name": customer.name, "country": customer.country, "currency": customer.currency}
    return {**about, "timezone": customer.timezone, "language": customer.language, "contacts": contacts}


def _billing(account: Account, proof: Proof | None) -> dict[str, Any]:
    profile = {name: getattr(account, name) for name in PROFILE}
    return {**profile, "vat_id_proof": asdict(proof) if proof else None}


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
