"""The bare peer of the listeners: aiosmtpd that says 250 and forgets the mail, in a process of its own.

python -m bench.bare_smtp smtp|lmtp
"""

import asyncio
import signal
import sys

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
MAX_BYTES = 50_000_000


class Discard:
    """Takes everything."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 2.0.0 Ok"


async def serve(kind: type[SMTP]) -> None:
    """Listen until SIGTERM, and say where."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    handler = Discard()
    server = await loop.create_server(
        lambda: kind(handler, hostname="bare.example", data_size_limit=MAX_BYTES), HOST, 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve({"smtp": SMTP, "lmtp": LMTP}[sys.argv[1]]))
