"""A receiver of hooks on a free loopback port: keeps each call, and answers as it is told, or not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.process import LOOPBACK

HANGS, BREAKS_OFF, DRIPS = 0, -1, -2
"""In place of a status: says nothing, closes in the middle of its answer, sends a byte now and then for ever."""


@dataclass
class Heard:
    """One call."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What it heard, and what it answers next: the last one again and again."""

    port: int
    answers: list[int] = field(default_factory=lambda: [204])
    heard: list[Heard] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://{LOOPBACK}:{self.port}/hooks?key=k"


@contextmanager
def hook_receiver() -> Iterator[Receiver]:
    """Listens until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append(Heard(self.path, dict(self.headers), body))
            answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
            if answer == HANGS:
                receiver.ended.wait(30)
            elif answer == BREAKS_OFF:
                self.wfile.write(b"HTTP/1.1 20")
                self.close_connection = True
            elif answer == DRIPS:
                while not receiver.ended.wait(0.05):
                    try:
                        self.wfile.write(b"H")
                    except OSError:
                        return
            else:
                self.send_response(answer)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.ended.set()
            server.shutdown()
            thread.join()
