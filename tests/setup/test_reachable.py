"""Check of the pages' address: the pages of this gate are there, or what stands there instead is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailgate.config import HostPort
from mailgate.setup.finding import Status
from mailgate.setup.reachable import fetched, pages
from tests.program import configured
from tests.servers.process import free_port
from tests.servers.scripted import listening
from tests.setup.sites import site_in

LOOPBACK_URL = "http://127.0.0.1:8025"


@contextmanager
def answering(status: str) -> Iterator[str]:
    """Something that answers each request in this way, and is not ours."""

    def answer(connection: socket.socket, _over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    with listening(answer) as address:
        yield f"http://{address}"


def test_the_pages_of_a_gate_are_known_in_clear_and_by_their_own_name_alone(tmp_path: Path) -> None:
    port = free_port()
    own, other = f"http://127.0.0.1:{port}", "http://desk.example.net"
    for number, (url, status, words) in enumerate(
        ((own, Status.WARN, "in clear"), (other, Status.FAIL, "asked for by another name"))
    ):
        gate = configured(tmp_path / str(number), {"web": {"listen": f"127.0.0.1:{port}", "public_url": url}})
        with gate.serve():
            found = fetched(own, "mailgate serve")

        assert (found.status, words in found.detail) == (status, True), found


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("200 OK", "answers 200, and not with our pages"),
        ("404 Not Found", "answers 404, and not with our pages"),
        ("502 Bad Gateway", "its proxy does not reach the pages"),
    ],
)
def test_what_stands_there_instead_is_told(status: str, words: str) -> None:
    with answering(status) as url:
        found = fetched(url, "mailgate serve")

    assert (found.status, words in found.detail) == (Status.FAIL, True), found
    assert ("mailgate serve" in found.fix) is status.startswith("502")


def test_where_nobody_answers_it_fails() -> None:
    found = fetched(f"http://127.0.0.1:{free_port()}", "mailgate serve")

    assert (found.status, "refused" in found.detail) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("domain", "listen", "status"),
    [
        ("support.acme.net", HostPort("127.0.0.1", 8025), Status.WARN),
        ("support.example", HostPort("127.0.0.1", 8025), Status.OK),
        ("support.acme.net", None, Status.SKIPPED),
    ],
)
def test_links_to_loopback_are_warned_of_where_people_would_follow_them(
    tmp_path: Path, domain: str, listen: HostPort | None, status: Status
) -> None:
    site = site_in(tmp_path, store=False, gate={"domain": domain}, web={"listen": listen, "public_url": LOOPBACK_URL})

    found = pages(site)

    assert found.status is status
    assert ("web.public_url" in found.fix) is (status is Status.WARN)
