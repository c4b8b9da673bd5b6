"""Check of the pages' address: the pages of this gate are there, or what stands there instead is told."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailgate.config import HostPort, load
from mailgate.setup.finding import Status
from mailgate.setup.reachable import fetched, pages
from mailgate.setup.snippets import Place, snippets
from tests.program import configured
from tests.servers.fixtures import needed
from tests.servers.process import find_program, free_port, port_answers, process_group, wait_until_ready
from tests.servers.scripted import listening
from tests.setup.sites import site_in
from webview.front import PAGE_CSP

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


@pytest.mark.server
@pytest.mark.parametrize("passes_host", [True, False])
def test_an_nginx_with_the_printed_settings_shows_the_pages(tmp_path: Path, passes_host: bool) -> None:
    with needed():
        nginx = find_program("nginx")
    front, web = free_port(), free_port()
    gate = configured(
        tmp_path, {"web": {"listen": f"127.0.0.1:{web}", "public_url": f"http://desk.example.net:{front}"}}
    )
    texts = {one.name: one.text for one in snippets(load(gate.config, {}), Place(tmp_path, tmp_path, "mailgate"))}
    site = re.sub(r"listen 80;\n *listen \S+;", f"listen 127.0.0.1:{front};", texts["nginx.conf"])
    if not passes_host:
        site = site.replace("proxy_set_header Host $http_host;", "")
    config = tmp_path / "nginx.conf"
    config.write_text(_AROUND.format(directory=tmp_path, site=site))
    log = tmp_path / "nginx.log"

    command = [nginx, "-c", str(config), "-p", str(tmp_path)]
    with gate.serve(), process_group(command, log=log, directory=tmp_path) as process:
        wait_until_ready(
            process, lambda: port_answers(front, begins=b"HTTP", request=b"HEAD / HTTP/1.0\r\n\r\n"), log=log
        )
        answer = _asks(front, f"desk.example.net:{front}")

    assert answer.startswith("HTTP/1.1 200" if passes_host else "HTTP/1.1 400")
    assert PAGE_CSP in answer
    assert "content-encoding" not in answer.lower()


_AROUND = """\
daemon off;
pid {directory}/nginx.pid;
error_log stderr;
events {{}}
http {{
    gzip on;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
{site}
}}
"""


def _asks(port: int, host: str) -> str:
    """The help page, as a browser asks for it that takes compressed pages."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            f"GET /help HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode()
        )
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8", "replace")
