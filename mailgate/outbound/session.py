"""Session: one open connection to the smarthost, used step by step, so that the caller can commit between the steps."""

import contextlib
import re
import smtplib
from collections.abc import Callable

from mailgate.errors import BareLineEnd
from mailgate.mail.address import parse_mailbox
from mailgate.mail.envelope import NULL_PATH
from mailgate.outbound.connection import Connection
from mailgate.outbound.failure import (
    ReplyLost,
    SmarthostDeferred,
    SmarthostNotReady,
    SmarthostRefused,
    SmarthostUnreachable,
)
from mailgate.outbound.plain_text import one_line

AFTER_DOT_SECONDS = 600.0  # RFC 5321 §4.5.3.2.6: ten minutes, for whoever gives up sooner sends twice
QUIT_SECONDS = 5.0  # nothing depends on a goodbye
MAX_REPLY_LINE = 500  # characters kept of a reply

_BLOCK = 64 * 1024  # octets sent under one timeout (RFC 5321 §4.5.3.2.5): sendall counts it from its first byte
_LOGIN_CODES = frozenset({530, 534, 535, 538})  # RFC 4954 §6: log in, or log in otherwise


class Session:
    """MAIL and RCPT, then DATA; not for two threads at once. A connection that failed is closed and stays so."""

    def __init__(self, smtp: Connection, *, after_dot_seconds: float = AFTER_DOT_SECONDS) -> None:
        self._smtp = smtp
        self._after_dot_seconds = after_dot_seconds
        self.taken = 0  # messages that the smarthost took from this session
        self.is_between_messages = True  # no MAIL is waiting for its end: RSET would do nothing

    @property
    def is_open(self) -> bool:
        """False once the connection has failed or was closed."""
        return self._smtp.sock is not None

    def envelope(self, reverse_path: str, forward_path: str) -> None:
        """Say MAIL and RCPT, one recipient a message; a failure before `data` leaves nothing in doubt.

        Raises BadAddress before a byte is sent, SmarthostDeferred on 4yz or a broken connection, SmarthostRefused on
        5yz.
        """
        # Parsed here as well as where they came in: what is no address must not become a command (CWE-93).
        sender = reverse_path and parse_mailbox(reverse_path).address
        recipient = parse_mailbox(forward_path).address
        self.is_between_messages = False
        self._command("MAIL", f"FROM:<{sender or NULL_PATH}>", 2)
        self._command("RCPT", f"TO:<{recipient}>", 2)

    def data(self, raw: bytes, *, before_dot: Callable[[], None] = lambda: None) -> str:
        """Send the message and return the final reply line. Never retries by itself.

        `before_dot` is called when all but the dot has been sent: until then nothing is in doubt.

        Raises as `envelope` does, and ReplyLost when all was sent but no reply came: only that one is in doubt.
        """
        if not raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"):
            raise BareLineEnd("a message to be sent has a bare CR or LF")  # RFC 5321 §2.3.8; smuggling, outwards
        self._command("DATA", "", 3)
        self._send_content(raw)
        before_dot()
        code, text = self._send_dot()
        line = reply_line(code, text)
        if code // 100 == 2:
            self.taken += 1
            self.is_between_messages = True
            return line
        if code // 100 not in (4, 5):  # a reply, but not to what we asked: it says neither yes nor no
            self._smtp.close()
            raise ReplyLost("reply to the message not understood", line)
        raise self._failure("message", code, line)

    def reset(self) -> bool:
        """Say RSET: True when the connection is alive and ready for the next message."""
        try:
            self.is_between_messages = self._smtp.rset()[0] == 250
            return self.is_between_messages
        except smtplib.SMTPException:
            self._smtp.close()
            return False

    def close(self) -> None:
        """Say QUIT, if there is still somebody to hear it, and close."""
        with contextlib.suppress(smtplib.SMTPException):
            if self.is_open:
                self._smtp.reply_seconds = QUIT_SECONDS
                self._smtp.docmd("QUIT")
        self._smtp.close()

    def _command(self, verb: str, argument: str, wanted: int) -> None:
        try:
            code, text = self._smtp.docmd(verb, argument)
        except smtplib.SMTPException as error:
            self._smtp.close()
            raise SmarthostUnreachable(f"connection lost at {verb}: {error}") from error
        if code // 100 != wanted:
            raise self._failure(verb, code, reply_line(code, text))

    def _send_content(self, raw: bytes) -> None:
        content = memoryview(re.sub(rb"(?m)^\.", b"..", raw if raw.endswith(b"\r\n") else raw + b"\r\n"))
        try:
            for start in range(0, len(content), _BLOCK):
                self._smtp.send(content[start : start + _BLOCK])
        except smtplib.SMTPException as error:
            raise SmarthostUnreachable("connection lost before the end of the message") from error
        except BaseException:  # cut off in the middle of DATA: nothing else may follow on this connection
            self._smtp.close()
            raise

    def _send_dot(self) -> tuple[int, bytes]:
        # Apart from the content: a connection that broke before the dot leaves nothing in doubt (RFC 5321 §4.1.1.4).
        usual_seconds, self._smtp.reply_seconds = self._smtp.reply_seconds, self._after_dot_seconds
        try:
            self._smtp.send(b".\r\n")
            return self._smtp.getreply()
        except smtplib.SMTPException as error:
            self._smtp.close()
            raise ReplyLost(f"no reply to the message: {error}") from error
        except BaseException:
            self._smtp.close()
            raise
        finally:
            self._smtp.reply_seconds = usual_seconds

    def _failure(self, step: str, code: int, line: str) -> SmarthostDeferred | SmarthostRefused:
        if code == 421:  # RFC 5321 §3.8: it closes the connection, whatever was asked
            self._smtp.close()
            return SmarthostUnreachable(f"smarthost closes at {step}", line)
        if code in _LOGIN_CODES:
            return SmarthostNotReady(f"login wanted at {step}", line)
        if code == 552 and step == "RCPT":  # "too many recipients" of old servers: RFC 5321 §4.5.3.1.10
            return SmarthostDeferred(f"deferred at {step}", line)
        if code // 100 == 5:
            return SmarthostRefused(step, line)
        if code // 100 != 4:  # neither yes nor no: what state the other side is in cannot be known
            self._smtp.close()
        return SmarthostDeferred(f"deferred at {step}", line, step=step)


def reply_line(code: int, text: bytes) -> str:
    """A reply as one line for people and for the row: `550 5.1.1 No such user here`."""
    words = one_line(text.decode("utf-8", "replace"), max_length=MAX_REPLY_LINE)
    return f"{code} {words}".rstrip(" ") if code >= 0 else words
