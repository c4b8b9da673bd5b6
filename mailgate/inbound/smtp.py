"""SMTP and LMTP listeners: who may be written to, what is refused, and DATA handed to `accept`.

Async ends here: each message is committed by the acceptance thread, and the reply waits for that commit. Any failure
of ours is a 4yz reply without a word of its cause; the cause goes to the log (RFC 5321 §4.2.1).
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as WireEnvelope

from mailgate.errors import BadAddress, BareLineEnd, MailgateError, NulByte, StorageFull, Temporary, UnknownMailbox
from mailgate.inbound.accept import Acceptance
from mailgate.inbound.clients import Clients, ListenerLimits
from mailgate.inbound.session import CLOSING, Connection, LmtpSession, SmtpSession, peer_address
from mailgate.log_events import LogEvent
from mailgate.mail.address import parse_mailbox
from mailgate.mail.envelope import NULL_PATH, Door, Envelope
from mailgate.mail.masking import may_hold_card
from store.archive import INLINE_BYTES

log = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own: a line for each command

TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients"  # RFC 5321 §4.5.3.1.10: 452, the client sends the rest later
ACCEPTED = "250 2.0.0 Accepted, id {}"


class Gate:
    """The handler of both protocols: policy at RCPT, acceptance at DATA."""

    def __init__(
        self,
        acceptance: Acceptance,
        is_ours: Callable[[str], bool],
        limits: ListenerLimits,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._acceptance = acceptance
        self._is_ours = is_ours
        self._limits = limits
        self._clock = clock
        self.clients = Clients(limits)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: WireEnvelope, address: str, options: list[str]
    ) -> str:
        try:
            self._acceptance.check_space()
        except StorageFull as error:
            return error.reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: WireEnvelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self._limits.max_recipients:
            return TOO_MANY_RECIPIENTS
        if not self._is_ours(address):
            log.info(LogEvent.REFUSED_RECIPIENT(recipient=address[:80], peer=_peer(session)))
            return UnknownMailbox.reply if _is_address(address) else BadAddress.reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Connection, session: Session, envelope: WireEnvelope) -> str:
        raw = envelope.content
        assert isinstance(raw, bytes)
        door = Door.LMTP if isinstance(server, LmtpSession) else Door.SMTP
        try:
            if door is Door.SMTP:
                refuse_bare_bytes(raw)
            arrived = _envelope(session, envelope, door, self._clock())
            # A file is written by the call, or a text gone through: the other clients must not wait for that.
            if len(raw) > INLINE_BYTES or may_hold_card(raw):
                accepted = await asyncio.to_thread(self._acceptance.submit, raw, arrived)
            else:
                accepted = self._acceptance.submit(raw, arrived, has_no_card=True)
            # Shielded: the commit goes on when the client hangs up, and is then found again as a duplicate.
            spool_id = await asyncio.shield(asyncio.wrap_future(accepted))
        except MailgateError as error:
            log.warning(LogEvent.NOT_ACCEPTED(peer=_peer(session), reply=error.reply))
            return error.reply
        except Exception:
            log.exception(LogEvent.NOT_ACCEPTED_BROKEN(peer=_peer(session)))
            return Temporary.reply
        log.info(LogEvent.ACCEPTED(spool=spool_id, door=door.value, peer=_peer(session), bytes=len(raw)))
        return ACCEPTED.format(spool_id)

    async def handle_exception(self, error: Exception) -> str:
        """The last net: aiosmtpd's own would answer 500 with the exception's text, and the sender would bounce."""
        log.error(LogEvent.LISTENER(error=error), exc_info=error)
        return Temporary.reply


def refuse_bare_bytes(raw: bytes) -> None:
    """Refuse NUL, and CR or LF outside CRLF: systems that disagree on where a line or a message ends forge mail.

    Raises NulByte or BareLineEnd (RFC 5321 §2.3.8, §4.5.2).
    """
    if b"\0" in raw:
        raise NulByte("NUL in the message")
    lines, returns = (len(raw) - len(raw.replace(end, b"")) for end in (b"\n", b"\r"))  # quicker than to count them
    if not lines == returns == raw.count(b"\r\n"):
        raise BareLineEnd("bare CR or LF in the message")


class Listener:
    """One listening address, its sessions, and how it comes to rest."""

    def __init__(
        self,
        door: Door,
        gate: Gate,
        limits: ListenerLimits,
        *,
        hostname: str,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits
        self._gate = gate
        self._hostname = hostname
        self._tls = tls
        self._sessions: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._draining = False
        kind = SmtpSession if door is Door.SMTP else LmtpSession
        self._session_type = type(kind.__name__, (kind,), {"line_length_limit": limits.max_line_bytes})

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port, chosen by the system when 0 was asked for. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, *, grace_seconds: float) -> None:
        """Take no new client, let those that are sending finish, tell the others to come back, cut at the end."""
        assert self._server is not None
        self._server.close()
        self._draining = True
        for session in tuple(self._sessions):
            if not session.in_message:
                session.dismiss(CLOSING)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace_seconds
        while self._sessions and loop.time() < deadline:
            await asyncio.sleep(0.02)
        for session in tuple(self._sessions):
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()

    def admit(self, session: Connection, transport: asyncio.BaseTransport) -> bool:
        """Count a new client in, unless there are too many."""
        session.address = peer_address(transport)
        if self._draining or not self._gate.clients.admit(session.address):
            log.warning(LogEvent.REFUSED_CONNECTION(peer=session.address, open=len(self._sessions)))
            return False
        self._sessions.add(session)
        return True

    def forget(self, session: Connection) -> None:
        """Count a client out."""
        if session in self._sessions:
            self._sessions.remove(session)
            self._gate.clients.forget(session.address)

    def message_done(self, session: Connection) -> None:
        """A client has its reply: when the gate is shutting down it was the last."""
        if self._draining:
            session.dismiss(CLOSING)

    def _session(self) -> Connection:
        session: Connection = self._session_type(
            self._gate,
            data_size_limit=self.limits.max_message_bytes,
            enable_SMTPUTF8=False,
            hostname=self._hostname,
            ident="mailgate",
            tls_context=self._tls,
            timeout=self.limits.idle_seconds,
        )
        session.listener = self
        return session


def _envelope(session: Session, wire: WireEnvelope, door: Door, received_at: datetime) -> Envelope:
    peer = session.peer[0] if isinstance(session.peer, tuple) else None
    return Envelope(
        reverse_path=NULL_PATH if wire.mail_from in (None, "<>") else wire.mail_from,  # aiosmtpd keeps the brackets
        forward_paths=tuple(dict.fromkeys(wire.rcpt_tos)),
        door=door,
        received_at=received_at,
        peer=peer,
        helo=session.host_name,
        tls=session.ssl is not None,
    )


def _is_address(text: str) -> bool:
    try:
        parse_mailbox(text)
    except BadAddress:
        return False
    return True


def _peer(session: Session) -> Any:
    return session.peer[0] if isinstance(session.peer, tuple) else session.peer
