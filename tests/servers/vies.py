"""A VIES on loopback: it knows the VAT ids that a test gives it, and refuses what the Commission's own refuses."""

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stdnum.eu import vat

from tests.servers.process import LOOPBACK

COUNTRIES = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
DATE = "2026-03-02T11:22:33.444Z"
BASE = "/taxation_customs/vies/rest-api"


@dataclass
class Register:
    """What it knows, and how it is doing."""

    valid: frozenset[str] = frozenset({"ATU12345675", "DE123456788", "EL123456783"})
    error: str = ""  # the word with which it refuses every question
    error_status: int = 500
    body: bytes | None = None  # what it answers instead
    questions: list[Mapping[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, question: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """Its status and answer to a question that is JSON."""
        self.questions.append(question)
        if self.error:
            return self.error_status, _refusal(self.error)
        country, number = question.get("countryCode"), question.get("vatNumber")
        if country not in COUNTRIES.split() or not isinstance(number, str) or not number.isalnum() or len(number) > 12:
            return 400, _refusal("INVALID_INPUT")
        by, by_number = question.get("requesterMemberStateCode"), question.get("requesterNumber")
        if (by is None) != (by_number is None):
            return 400, _refusal("INVALID_REQUESTER_INFO")
        if by is not None and (by not in COUNTRIES.split() or not vat.is_valid(f"{by}{by_number}")):
            return 400, _refusal("INVALID_REQUESTER_INFO")
        is_valid = f"{country}{number}" in self.valid
        number_of_this = f"WAPIAAAAX{len(self.questions)}" if by and is_valid else ""
        return 200, {
            "countryCode": country,
            "vatNumber": number,
            "requestDate": DATE,
            "valid": is_valid,
            "requestIdentifier": number_of_this,
            "name": "---",
            "address": "---",
        }


def _refusal(word: str) -> Mapping[str, Any]:
    return {"actionSucceed": False, "errorWrappers": [{"error": word}]}


@contextmanager
def vies(context: ssl.SSLContext | None = None) -> Iterator[Register]:
    """One that runs; by TLS with a context."""
    register = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if self.path != f"{BASE}/check-vat-number":
                self._say(404, b"Not found")
            elif self.headers.get_content_type() != "application/json":
                self._say(415, b"")
            elif register.body is not None:
                self._say(200, register.body)
            else:
                try:
                    question = json.loads(body)
                    status, answer = register.answer(question)
                except ValueError:
                    status, answer = 400, _refusal("INVALID_INPUT")
                self._say(status, json.dumps(answer).encode())

        def do_GET(self) -> None:
            self._say(405, b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Tests read what was asked, not what was logged."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is what some tests want."""

    with Server((LOOPBACK, 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https" if context else "http"
        register.url = f"{scheme}://{LOOPBACK}:{server.server_address[1]}{BASE}"
        loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        loop.start()
        try:
            yield register
        finally:
            server.shutdown()
            loop.join()
