"""How calls reach the provider: through the proxy of the environment where there is one, and always with the key."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mailgate.payments.stripe import Stripe
from tests.servers.provider import KEY

AT_ONCE = 4
ACCOUNT = {"id": "acct_1", "object": "account", "country": "DE", "default_currency": "eur", "charges_enabled": True}


@contextmanager
def listening(meanwhile: Callable[[], None] = lambda: None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server that answers everything alike; its address, and what was asked for with which authorization."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            meanwhile()
            content = json.dumps(ACCOUNT).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stripe_at(url: str, directory: Path, *, at_once: int = 16) -> Stripe:
    key = directory / "key"
    key.write_text(KEY)
    return Stripe(key, url=url, at_once=at_once)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine at hand has."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_calls_go_through_the_proxy_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy)
        facts = stripe_at("http://stripe.example", tmp_path).facts()

    assert (facts.account, [path for path, _ in asked]) == ("acct_1", ["http://stripe.example/v1/account"])


def test_a_host_that_needs_no_proxy_is_called_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as (there, asked), listening() as (proxy, passed_on):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        stripe_at(there, tmp_path).facts()

    assert (len(asked), passed_on) == (1, [])


def test_a_password_kept_for_the_host_does_not_take_the_place_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with listening() as (there, asked):
        stripe_at(there, tmp_path).facts()

    assert asked == [("/v1/account", f"Bearer {KEY}")]


def test_no_more_calls_are_under_way_than_may_be(tmp_path: Path) -> None:
    under_way, most = [0], [0]
    lock, enough = threading.Lock(), threading.Event()

    def note() -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            if under_way[0] == AT_ONCE:
                enough.set()
        enough.wait(10)
        with lock:
            under_way[0] -= 1

    with listening(note) as (there, asked), ThreadPoolExecutor(3 * AT_ONCE) as threads:
        stripe = stripe_at(there, tmp_path, at_once=AT_ONCE)
        found = list(threads.map(lambda _: stripe.facts().account, range(3 * AT_ONCE)))

    assert (found, len(asked), most[0]) == (["acct_1"] * 3 * AT_ONCE, 3 * AT_ONCE, AT_ONCE)
