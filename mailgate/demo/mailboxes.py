"""The mailboxes of the demo's people: a mail server on loopback that keeps what the gate sends, a file a mail."""

import asyncio
import email.policy
import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailgate.demo.company import HOST
from mailgate.demo.magic import REFUSALS, Fate, delivery_report, fate_of
from mailgate.demo.wire import submit
from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class Arrived:
    """A mail in somebody's mailbox."""

    address: str
    raw: bytes
    path: Path
    reverse_path: str
    at: datetime

    @cached_property
    def message(self) -> EmailMessage:
        """As a mail client reads it."""
        parsed = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(self.raw)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        """The text part."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""


class Mailboxes:
    """Takes every mail but that of magic addresses. `arrived` holds all, oldest first; `told` hears of the next.

    `gate_port` is where a report goes about mail that was taken and then not delivered.
    """

    def __init__(self, directory: Path, gate_port: int, clock: Callable[[], datetime]) -> None:
        self.arrived: list[Arrived] = []
        self.told: Callable[[Arrived], None] = lambda mail: None
        self._directory = directory
        self._gate_port = gate_port
        self._clock = clock
        self._reports: set[asyncio.TimerHandle] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen on loopback."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, data_size_limit=None), HOST, port)

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        for report in self._reports:
            report.cancel()

    def of(self, address: str) -> list[Arrived]:
        """One person's mail, oldest first."""
        return [mail for mail in self.arrived if mail.address == address]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = REFUSALS.get(fate_of(address))
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        reverse_path = (envelope.mail_from or "").strip("<>")
        for address in envelope.rcpt_tos:
            if fate_of(address) is Fate.LATE_BOUNCE:
                self._report_later(address, reverse_path)
                continue
            folder = self._directory / address
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{len(self.of(address)) + 1}.eml"
            path.write_bytes(envelope.content)
            mail = Arrived(address, envelope.content, path, reverse_path, self._clock())
            self.arrived.append(mail)
            self.told(mail)
        return "250 2.0.0 In the mailbox"

    def _report_later(self, address: str, reverse_path: str) -> None:
        """Report that a mail did not arrive, when its sender has written down that it was taken."""
        if not reverse_path:  # nobody is told about an automatic mail (RFC 5321 §4.5.5)
            return
        report = delivery_report(address, to=reverse_path)
        loop = asyncio.get_running_loop()

        def begin() -> None:
            self._reports.discard(timer)
            loop.run_in_executor(None, send)

        def send() -> None:
            try:
                submit(report, "", [reverse_path], port=self._gate_port)
            except (smtplib.SMTPException, OSError) as error:
                log.warning(LogEvent.REPORT_NOT_SENT(to=reverse_path, error=error))

        timer = loop.call_later(REPORT_SECONDS, begin)
        self._reports.add(timer)
