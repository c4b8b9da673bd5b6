"""The bare peer of the listeners: aiosmtpd that says 250 and forgets the mail, in a process of its own.

    python -m bench.bare_smtp smtp|lmtp [LEDGER]

With a LEDGER it notes there, a line for each mail, the Message-ID and the digest of the bytes, before it says 250.
"""

import asyncio
import hashlib
import signal
import sys
from contextlib import ExitStack
from email.parser import BytesHeaderParser
from typing import TextIO

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
MAX_BYTES = 50_000_000


class Discard:
    """Takes everything."""

    def __init__(self, ledger: TextIO | None) -> None:
        self._ledger = ledger

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._ledger is not None:
            assert isinstance(envelope.content, bytes)
            message_id = BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]
            digest = hashlib.sha256(envelope.content).hexdigest()
            self._ledger.write(f"{str(message_id).strip('<>')} {digest}\n")
            self._ledger.flush()
        return "250 2.0.0 Ok"


async def serve(kind: type[SMTP], ledger: TextIO | None) -> None:
    """Listen until SIGTERM, and say where."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    handler = Discard(ledger)
    server = await loop.create_server(
        lambda: kind(handler, hostname="bare.example", data_size_limit=MAX_BYTES), HOST, 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


def main() -> None:
    """Read the arguments."""
    kind = {"smtp": SMTP, "lmtp": LMTP}[sys.argv[1]]
    with ExitStack() as open_files:
        ledger = open_files.enter_context(open(sys.argv[2], "a")) if sys.argv[2:] else None
        asyncio.run(serve(kind, ledger))


if __name__ == "__main__":
    main()
