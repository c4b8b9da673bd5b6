"""The story of `mailgate doctor --story`: a customer writes, staff answer, and each hop of both mails is told.

The customer's mail is sent by the doctor in the name of a registered address, through the smarthost and by whatever way
mail comes to the desk; the answer is a person's. Everything else is read in the store: nothing is played.
"""

import secrets
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from mailgate.errors import MailgateError
from mailgate.letters.kind import Template
from mailgate.mail.automatic import hops
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.people import Contact, Staff
from mailgate.setup.finding import Finding, fail, ok, warn
from mailgate.setup.site import Site
from mailgate.wiring.servers import smarthosts_of
from store import people
from store.archive import archive_of
from store.post import confirmations, outbox, spool
from store.post.outbox import Outgoing, OutState
from store.post.spool import Accepted

ROUTE_SECONDS = 120.0
ANSWER_SECONDS = 900.0

SUBJECT = "Does mail arrive, and does an answer come back?"
TEXT = """\
Hello,

this mail was sent by `mailgate doctor --story`, to follow a first ticket
on its whole way. Please answer it: a few words will do.
"""

_POLL_SECONDS = 0.3
_ON_ITS_WAY = frozenset({OutState.HELD, OutState.QUEUED, OutState.SENDING})
_TELLING = ((Template.ACKNOWLEDGEMENT, "the acknowledgement"), (Template.NOTIFICATION, "the mail to staff"))
_MAY_BRING_IT = frozenset({Disposition.WAITING, Disposition.JOINED})
_Seen = TypeVar("_Seen")


class NotSeen(Exception):
    """The story ends here; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.detail)
        self.finding = finding


@dataclass(slots=True)
class Story:
    """One story with the customer who has this address; `by_hand`: they send the first mail, not the doctor."""

    site: Site
    address: str
    by_hand: bool = False
    route_seconds: float = ROUTE_SECONDS
    answer_seconds: float = ANSWER_SECONDS
    _began: float = field(default_factory=time.monotonic)

    def hops(self) -> Iterator[Finding]:
        """Each hop as it is seen; the last is the one that failed, or that all is well."""
        try:
            yield from self._play()
        except NotSeen as end:
            yield end.finding
        except MailgateError as error:
            yield fail(str(error), f"{self.site.command} doctor")

    def _play(self) -> Iterator[Finding]:
        with self.site.reading() as conn:
            known = people.contacts_with(conn, self.address)
            staff = people.list_staff(conn)
            seen = spool.last_id(conn)
        if not known:
            raise NotSeen(_unknown(self.site, self.address))
        if not staff:
            raise NotSeen(fail("nobody is on the staff", f"{self.site.command} staff add NAME EMAIL"))
        yield self._sent(known[0])
        mail = yield from self._came(seen)
        number = yield from self._opened(mail)
        yield from self._told(number)
        yield from self._answered(number, mail.id)

    def _sent(self, customer: Contact) -> Finding:
        desk = self.site.settings.desks[0].mailbox.address
        if self.by_hand:
            return ok(f"write to {desk} from {self.address} now")
        smarthosts = smarthosts_of(self.site.settings)
        if not smarthosts:
            raise NotSeen(fail("smarthost.address is empty: nothing leaves", "set smarthost.address to host:port"))
        mail = EmailMessage(policy=SMTP)
        mail["From"] = formataddr((customer.name, self.address))
        mail["To"] = desk
        mail["Subject"] = SUBJECT
        mail["Date"] = format_datetime(self.site.now())
        mail["Message-ID"] = f"<story.{secrets.token_hex(8)}@{self.address.rpartition('@')[2]}>"
        mail.set_content(TEXT)
        try:
            with smarthosts[0].connect() as session:
                session.envelope(self.address, desk)
                reply = session.data(mail.as_bytes())
        except MailgateError as error:
            by_hand = f"{self.site.command} doctor --story {self.address} --by-hand, and write it from that mailbox"
            raise NotSeen(fail(f"the smarthost did not take a mail of {self.address}: {error}", by_hand)) from error
        return ok(f"the smarthost took a mail from {self.address} to {desk}: {reply}")

    def _came(self, seen: int) -> Generator[Finding, None, Accepted]:
        seconds = self.answer_seconds if self.by_hand else self.route_seconds
        fix = "follow it in the logs of the smarthost and of the mail server in front; mailgate doctor --only mx,loop"

        def here(conn: Connection) -> Accepted | None:
            since = [mail for mail in spool.listing(conn, after=seen) if mail.finished_at is not None]
            return next((mail for mail in since if _is_by(mail, self.address)), None)

        mail = self._until(here, seconds, fail(f"no mail of {self.address} has come in and been looked at", fix))
        with self.site.reading() as conn:
            message = parse(archive_of(self.site.settings).load(conn, mail.sha256))
        yield ok(f"it came in by {mail.door.value}{_route(message)}, as mail {mail.id}")
        return mail

    def _opened(self, mail: Accepted) -> Generator[Finding, None, int]:
        outcome = mail.outcome
        level = f"evidence {outcome.evidence.level.value}" if outcome.evidence else "no evidence"
        if outcome.disposition in AWAITING_REVIEW:
            why = f"it is held ({level}): {outcome.reason}"
            raise NotSeen(fail(why, f"{self.site.command} quarantine release {mail.id}, or mend what the reason says"))
        if outcome.ticket_id is None:
            raise NotSeen(fail(f"it became no ticket: {outcome.disposition.value}, {outcome.reason or level}", ""))
        yield ok(f"it is ticket #{outcome.ticket_id} ({level})")
        return outcome.ticket_id

    def _told(self, number: int) -> Iterator[Finding]:
        for kind, what in _TELLING:
            yield self._left(partial(outbox.on_ticket, ticket_id=number, template=kind), what)

    def _answered(self, number: int, after: int) -> Iterator[Finding]:
        """Until an answer is on its way: each mail of staff about the ticket that brought none is told, with why."""
        minutes = self.answer_seconds / 60
        yield ok(f"now answer the mail with [#{number}] that staff have got; {minutes:.0f} minutes are waited for it")
        deadline = time.monotonic() + self.answer_seconds
        nobody = fail(
            "nobody has answered", f"answer it all the same, and look: {self.site.command} ticket show {number}"
        )
        told: set[int] = set()

        def news(conn: Connection) -> Finding | bool | None:
            has_left = bool(outbox.on_ticket(conn, number, Template.REPLY))
            staff = people.list_staff(conn)
            for mail in spool.listing(conn, after=after):
                if mail.outcome.ticket_id != number or mail.id in told or not _of_staff(mail, staff):
                    continue
                is_asked = confirmations.was_asked_about(conn, mail.id)
                if is_asked or not (has_left or mail.outcome.disposition in _MAY_BRING_IT):
                    told.add(mail.id)
                    return _brought_nothing(self.site, mail, is_asked=is_asked)
            return has_left or None

        while isinstance(hop := self._until(news, deadline - time.monotonic(), nobody), Finding):
            yield hop
        yield self._left(partial(outbox.on_ticket, ticket_id=number, template=Template.REPLY), "the answer")
        yield ok(f"{self.address} has the answer: look there. You have answered your first ticket; !close closes it")

    def _left(self, rows: Callable[[Connection], tuple[Outgoing, ...]], what: str) -> Finding:
        """The mails of one kind have left. They may wait to be undone first."""

        def gone(conn: Connection) -> tuple[Outgoing, ...] | None:
            found = rows(conn)
            return found if found and not any(row.state in _ON_ITS_WAY for row in found) else None

        wait = self.route_seconds + self.site.settings.desk_rules.undo_seconds
        fix = f"{self.site.command} queue list; {self.site.command} doctor --only smarthost"
        found = self._until(gone, wait, fail(f"{what} has not left", fix))
        for row in found:
            if row.state is not OutState.SENT:
                raise NotSeen(fail(f"{what} to {row.notice.to_address} is {row.state.value}: {row.last_reply}", fix))
        to = ", ".join(row.notice.to_address for row in found)
        return ok(f"{what} left for {to}: {found[-1].last_reply}")

    def _until(self, look: Callable[[Connection], _Seen | None], seconds: float, otherwise: Finding) -> _Seen:
        deadline = time.monotonic() + seconds
        while True:
            with self.site.reading() as conn:
                found = look(conn)
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise NotSeen(otherwise)
            time.sleep(_POLL_SECONDS)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began


def _unknown(site: Site, address: str) -> Finding:
    add = f'{site.command} customer add "Test Customer" {address}'
    return fail(f"{address} is no customer's address; it must be one whose mailbox you can read", add)


def _route(message: Message) -> str:
    """How many servers it has passed."""
    passed = hops(message)
    return f", past {passed} mail servers" if passed != 1 else ", past one mail server"


def _brought_nothing(site: Site, mail: Accepted, *, is_asked: bool) -> Finding:
    outcome, look = mail.outcome, f"{site.command} doctor --only staff-mail"
    if is_asked:
        return warn(
            f"mail {mail.id} of {outcome.author} lacks proof: its writer is asked by mail, and answers yes", look
        )
    if outcome.disposition in AWAITING_REVIEW:
        return warn(f"mail {mail.id} of {outcome.author} is held: {outcome.reason}", look)
    return warn(f"mail {mail.id} of {outcome.author} brought no answer: {outcome.reason or outcome.disposition.value}")


def _is_by(mail: Accepted, address: str) -> bool:
    author = (mail.outcome.author or "").lower()
    return author == address.lower() or author.endswith(f"<{address.lower()}>")


def _of_staff(mail: Accepted, staff: tuple[Staff, ...]) -> bool:
    return any(_is_by(mail, one.address) for one in staff)
