"""Ask spamd what it makes of a message, and teach it what was spam and what was not.

A spamd that is down, slow or talks nonsense costs the score, never the message: `check` and `teach` do not raise,
they log one warning and say that there is no score.
"""

# aiospamc has annotations but no py.typed.
# mypy: disable-error-code="import-untyped"

import asyncio
import logging
import math
import re
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from aiospamc.client import Client
from aiospamc.exceptions import AIOSpamcConnectionFailed, ClientException, ParseError, TimeoutException
from aiospamc.header_values import ActionOption, MessageClassOption, MessageClassValue, SetOrRemoveValue
from aiospamc.requests import Request
from aiospamc.responses import Response, ResponseException

from mailgate.errors import Temporary
from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

SCANNED_BYTES = 512 * 1024  # spam shows itself early; 3 MB keep one of spamd's few children busy for half a second
MAX_ANSWER_BYTES = 64 * 1024  # a score and every rule that a bad mail can match are some 2 KiB
MAX_LOGGED_CHARACTERS = 120

_RULE_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Unscored(StrEnum):
    """Why spamd gave no score although it was asked."""

    UNREACHABLE = "unreachable"
    """No connection: spamd is down, or the address is wrong."""

    TIMED_OUT = "timed out"
    """No whole answer within the time limit."""

    CLOSED = "closed early"
    """The connection ended before an answer came."""

    REFUSED = "refused"
    """spamd answered with an error code."""

    NONSENSE = "nonsense"
    """What came back is no answer of spamd's protocol."""


@dataclass(frozen=True, slots=True)
class SpamVerdict:
    """What spamd makes of one message. Without a score, the reason is an `Unscored`, or None when nobody asked."""

    score: float | None
    symbols: tuple[str, ...]  # names of the rules that the message matches
    unscored_reason: str | None


OFF = SpamVerdict(None, (), None)
"""The verdict on every message while spam checking is switched off."""


@dataclass(frozen=True, slots=True)
class Spamd:
    """The spamd at `address`: `host:port`, `[IPv6]:port` or the path of a socket, which has a slash.

    Threads may share it: each call makes a connection of its own and ends within `timeout_seconds`. Not for use on
    an event loop's thread. Raises ValueError when the address is none.
    """

    address: str
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        """Read the address now, so that a bad one shows at the start and not with the first mail."""
        _endpoint(self.address)

    def check(self, raw: bytes) -> SpamVerdict:
        """Score one message by its first 512 KiB. Never raises; a verdict without a score says why."""
        try:
            return _verdict(self._ask(Request("SYMBOLS", body=raw[:SCANNED_BYTES])))
        except _NoAnswer as error:
            log.warning(LogEvent.UNSCORED(reason=error.reason, spamd=self.address, error=str(error)))
            return SpamVerdict(None, (), error.reason)

    def teach(self, raw: bytes, spam: bool) -> bool:
        """Have spamd learn one message as spam or as ham, by its first 512 KiB; whether spamd took it. Never raises.

        Not taken, and warned of: spamd failed, or has nothing to learn (it knew the message, or its Bayes is off).
        """
        kind = MessageClassOption.spam if spam else MessageClassOption.ham
        headers = {"Message-class": MessageClassValue(kind), "Set": SetOrRemoveValue(ActionOption(local=True))}
        try:
            answer = self._ask(Request("TELL", headers=headers, body=raw[:SCANNED_BYTES]))
        except _NoAnswer as error:
            log.warning(LogEvent.UNTAUGHT(as_=kind, reason=error.reason, spamd=self.address, error=str(error)))
            return False
        did_set = answer.headers.did_set  # None when nothing changed
        if did_set is None or not did_set.local:
            log.warning(LogEvent.NOTHING_LEARNT(as_=kind, spamd=self.address))
            return False
        return True

    def _ask(self, request: Request) -> Response:
        """spamd's answer with status 0; raises _NoAnswer for whatever else happens."""
        exchange = _Exchange(self.address, self.timeout_seconds)
        try:
            return _run(Client(exchange).request(request))
        # ParseError is mostly wrapped by aiospamc, UnicodeDecodeError from a binary header name is not.
        except (OSError, ValueError, ResponseException, ClientException, TimeoutException, ParseError) as error:
            raise _NoAnswer(_reason(error), f"{type(error).__name__}: {error}") from error


class _NoAnswer(Temporary):
    """There is no usable answer; the text is cut short, for it may hold what the other side sent."""

    def __init__(self, reason: Unscored, detail: str) -> None:
        super().__init__(detail[:MAX_LOGGED_CHARACTERS])
        self.reason = reason


# The first that fits: TimeoutError is an OSError, and spamd's own time-out is a ResponseException too.
_REASONS: tuple[tuple[type[Exception], Unscored], ...] = (
    (AIOSpamcConnectionFailed, Unscored.UNREACHABLE),
    (TimeoutError, Unscored.TIMED_OUT),
    (TimeoutException, Unscored.TIMED_OUT),
    (ResponseException, Unscored.REFUSED),
    (OSError, Unscored.CLOSED),
)


def _reason(error: Exception) -> Unscored:
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), Unscored.NONSENSE)


def _verdict(answer: Response) -> SpamVerdict:
    spam = answer.headers.spam
    if spam is None or not math.isfinite(spam.score):  # "nan" reads as a float and is on no side of any threshold
        raise _NoAnswer(Unscored.NONSENSE, f"no score: {spam}")
    names = answer.body.decode("ascii", "replace").strip()
    symbols = tuple(name.strip() for name in names.split(",")) if names else ()
    if not all(_RULE_NAME.fullmatch(symbol) for symbol in symbols):
        raise _NoAnswer(Unscored.NONSENSE, f"no names of rules: {names}")
    return SpamVerdict(spam.score + 0.0, symbols, None)  # spamd writes "-0.0"; added to 0.0 that is 0.0


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request and its answer; stands in for aiospamc's connection manager.

    That one reads without bound and leaves the socket open after a failure, and what builds it makes two TLS contexts
    for each call: 70 ms, more than the scan itself.
    """

    address: str
    timeout_seconds: float

    async def request(self, data: bytes) -> bytes:
        """Send `data` and return all that comes back; raises OSError, TimeoutError or one of aiospamc's errors."""
        async with asyncio.timeout(self.timeout_seconds):
            reader, writer = await _connect(self.address)
            try:
                writer.write(data)
                writer.write_eof()
                await writer.drain()
                return await _read_answer(reader)
            finally:
                writer.transport.abort()  # all is said or lost; a plain close would first try to send the rest
                with suppress(OSError):
                    await writer.wait_closed()


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    endpoint = _endpoint(address)
    try:
        if isinstance(endpoint, str):
            return await asyncio.open_unix_connection(endpoint)
        host, port = endpoint
        return await asyncio.open_connection(host, port)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that IDNA cannot write
        raise AIOSpamcConnectionFailed(str(error)) from error


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    answer = b""
    while more := await reader.read(MAX_ANSWER_BYTES):
        answer += more
        if len(answer) > MAX_ANSWER_BYTES:
            raise ParseError(f"more than {MAX_ANSWER_BYTES} bytes")
    if not answer:
        raise ConnectionResetError("closed without an answer")
    return answer


def _endpoint(address: str) -> str | tuple[str, int]:
    """A socket's path as it is, or host and port; raises ValueError."""
    if "/" in address:
        return address
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise ValueError(f"not host:port nor the path of a socket: {address!r}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _run(answering: Coroutine[None, None, Response]) -> Response:
    """Run to the end on a loop of its own.

    A loop costs 0.06 ms beside a scan of 50 ms, so none is kept for a thread. asyncio.run would wait at its end for a
    name look-up that hangs in the loop's own thread, however short the time limit.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(answering)
    finally:
        loop.close()
