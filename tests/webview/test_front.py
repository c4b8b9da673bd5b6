"""What stands before every page: host, method, headers, failures, and pages that the browser has already."""

import logging
import socket
from urllib.parse import urlsplit

import pytest

from tests.gate import Gate, Person
from tests.webview.company import Company
from tests.webview.web import Web, running_web
from webview.front import PAGE_CSP

OURS = "127.0.0.1"


def raw(url: str, request: str) -> str:
    """What the server answers to these very bytes."""
    target = urlsplit(url)
    assert target.hostname
    with socket.create_connection((target.hostname, target.port or 80), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while more := connection.recv(65536):
            answer += more
    return answer.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:80@evil.example",
        "evil.example:80@127.0.0.1",
        "127.0.0.1/evil",
        "127.0.0.1:port",
        "",
        "[",
        "127.0.0.1#",
    ],
)
def test_a_host_that_is_not_ours_is_refused(company: Company, host: str) -> None:
    answer = raw(company.web.url, f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")

    assert " 400 " in answer.splitlines()[0]
    assert "evil" not in answer.partition("\r\n\r\n")[2]


def test_an_absolute_request_for_another_host_is_refused(company: Company) -> None:
    request = f"GET http://evil.example/sign-in HTTP/1.1\r\nHost: {OURS}\r\nConnection: close\r\n\r\n"

    answer = raw(company.web.url, request)

    assert " 400 " in answer.splitlines()[0]


def test_two_hosts_are_one_too_many(company: Company) -> None:
    request = f"GET /sign-in HTTP/1.1\r\nHost: {OURS}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"

    answer = raw(company.web.url, request)

    assert " 400 " in answer.splitlines()[0]


def test_a_forwarded_host_changes_nothing(company: Company) -> None:
    answer = company.web.browser().get(
        "/", headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    )

    assert answer.headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("desk.example", 200),
        ("DESK.example", 200),
        ("desk.example:443", 200),
        ("desk.example:80", 400),
        ("127.0.0.1", 400),
        ("localhost", 400),
    ],
)
def test_a_public_name_is_asked_for_exactly(gate: Gate, host: str, status: int) -> None:
    with running_web(gate, public_url="https://desk.example") as web:
        answer = web.browser().get("/sign-in", headers={"host": host})

    assert answer.status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_nothing_but_get_and_head_is_allowed(company: Company, method: str) -> None:
    browser = company.web.signed_in(company.story.anne)
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}

    answer = browser.request(method, "/tickets/1?_method=delete", headers=preflight)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert "access-control-allow-origin" not in answer.headers


def test_the_form_allows_post_as_well(company: Company) -> None:
    answer = company.web.browser().delete("/sign-in")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/sign-in", "/help", "/", "/nothing", "/in/x", "/robots.txt"])
def test_every_answer_has_the_headers(company: Company, path: str) -> None:
    answer = company.web.browser().get(path)

    assert answer.headers["content-security-policy"] == PAGE_CSP
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] in ("private, no-cache", "no-store")
    assert "server" not in answer.headers


def test_a_page_that_has_not_changed_is_not_sent_again(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)
    first = browser.get("/tickets/1")

    same = browser.get("/tickets/1", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "It still is."))
    changed = browser.get("/tickets/1", headers={"if-none-match": first.headers["etag"]})

    assert same.status_code == 304
    assert same.content == b""
    assert same.headers["etag"] == first.headers["etag"]
    assert changed.status_code == 200
    assert "It still is." in changed.text


def test_head_has_the_headers_of_get_and_no_body(company: Company) -> None:
    browser = company.web.signed_in(company.story.anne)

    head, get = browser.head("/tickets/1"), browser.get("/tickets/1")

    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]


def test_a_failure_shows_an_id_that_is_in_the_log(
    web: Web, gate: Gate, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("Here.", subject="File", files=[("a.zip", "application/octet-stream", b"x" * 2_000_000)]))
    file = gate.history(2)[0]
    browser = web.signed_in(anne)
    for blob in gate.parts.settings.store.archive.rglob("*"):
        if blob.is_file() and blob.stat().st_size == 2_000_000:
            blob.unlink()

    with caplog.at_level(logging.ERROR):
        answer = browser.get(f"/tickets/2/files/{file.id}/0")

    [record] = [record for record in caplog.records if record.name == "webview.front"]
    incident = record.getMessage().partition("request=")[2].partition(" ")[0]
    assert answer.status_code == 500
    assert f"<code>{incident}</code>" in answer.text
    assert answer.headers["content-security-policy"] == PAGE_CSP
    assert "Traceback" not in answer.text
