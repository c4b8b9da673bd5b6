"""The mailboxes of the demo's people: a mail server on loopback that keeps what the gate sends, a file a mail."""

import asyncio
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailgate.demo.company import HOST


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail in somebody's mailbox."""

    address: str
    raw: bytes
    path: Path
    reverse_path: str

    @property
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
    """Takes every mail. `arrived` holds all of them, oldest first; `told` hears of each."""

    def __init__(self, directory: Path, told: Callable[[Arrived], None] = lambda mail: None) -> None:
        self.arrived: list[Arrived] = []
        self._directory = directory
        self._told = told
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen on loopback."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, data_size_limit=None), HOST, port)

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def of(self, address: str) -> list[Arrived]:
        """One person's mail, oldest first."""
        return [mail for mail in self.arrived if mail.address == address]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        for address in envelope.rcpt_tos:
            folder = self._directory / address
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{len(self.of(address)) + 1}.eml"
            path.write_bytes(envelope.content)
            mail = Arrived(address, envelope.content, path, (envelope.mail_from or "").strip("<>"))
            self.arrived.append(mail)
            self._told(mail)
        return "250 2.0.0 In the mailbox"
