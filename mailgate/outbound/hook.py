"""One call of a hook: a command gets JSON on its standard input, a url gets it as the body of a POST."""

import http.client
import os
import shlex
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from mailgate.errors import Temporary

MOST_SAID = 500
"""Characters of what a program said that are kept."""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class HookFailed(Temporary):
    """It did not take the call, or nobody knows whether it did."""


def run_command(command: str, body: bytes, *, environment: Mapping[str, str], timeout_seconds: float) -> str:
    """Run it without a shell, with these variables and a PATH, and wait; returns the end of what it said.

    After `timeout_seconds` it is killed with all that it started. Raises HookFailed.
    """
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - the operator's own, from the settings
                shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": _PATH, **environment},
                start_new_session=True,
            )
        except OSError as error:
            raise HookFailed(f"cannot be run: {error.strerror or error}") from None
        try:
            process.communicate(body, timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # not waited for yet: the number is still its own
            process.wait()
            raise HookFailed(f"took longer than {timeout_seconds:g} seconds and was ended") from None
        said.seek(max(0, said.seek(0, os.SEEK_END) - 4 * MOST_SAID))
        words = _printable(said.read().decode(errors="replace").strip())[-MOST_SAID:]
    if process.returncode:
        how = f"ended with {process.returncode}" if process.returncode > 0 else f"was killed by {-process.returncode}"
        raise HookFailed(f"{how}: {words}" if words else how)
    return words


def post(url: str, body: bytes, *, headers: Mapping[str, str], timeout_seconds: float) -> str:
    """POST it, and wait for the status; returns that. Only 2xx is a yes; a redirection is not followed.

    Raises HookFailed.
    """
    place = urlsplit(url)
    host = place.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, place.port, timeout=timeout_seconds, context=ssl.create_default_context())
        if place.scheme == "https"
        else http.client.HTTPConnection(host, place.port, timeout=timeout_seconds)
    )
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        with _for_at_most(timeout_seconds, connection):
            connection.request("POST", target, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
    except TimeoutError:
        raise HookFailed(f"no answer within {timeout_seconds:g} seconds") from None
    except (OSError, http.client.HTTPException) as error:
        raise HookFailed(f"no answer: {error}" if str(error) else "no answer") from None
    finally:
        connection.close()
    status = _printable(f"{response.status} {response.reason}".strip())
    if not 200 <= response.status < 300:
        raise HookFailed(status)
    return status


@contextmanager
def _for_at_most(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """The library's own limit is for each byte; who sends one now and then would keep us for ever."""
    is_over = threading.Event()

    def hang_up() -> None:
        is_over.set()
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise TimeoutError if is_over.is_set() else error from None
    finally:
        timer.cancel()


def _printable(words: str) -> str:
    return "".join(ch if ch.isprintable() or ch == "\n" else "\ufffd" for ch in words)
