"""The sign-in form: what it takes, how often, from whom, and that it tells nobody who is registered."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from mailgate.errors import SpoolUnavailable
from tests.gate import Gate, Person
from tests.webview.web import Web
from tests.webview.work import Work, costed


def test_the_form_mails_the_gate_in_the_name_of_the_address_that_was_typed(web: Web, gate: Gate, anne: Person) -> None:
    browser = web.browser()

    nonce = web.ask(browser, anne)

    letter = message_from_bytes(web.submitted[0])
    assert letter["From"] == "anne@customer.example"
    assert letter["To"] == f"sign-in+{nonce}@support.example"
    assert len(nonce) == 26
    assert letter["Subject"] == "Sign in"
    assert letter["Auto-Submitted"] == "no"
    assert letter["Date"]
    assert letter["Message-ID"]
    assert "mg-nonce" in browser.cookies
    assert browser.cookies["mg-nonce"] != nonce  # who reads the link cannot make the cookie


def test_the_gate_takes_the_mail_of_the_form_for_one_of_its_author(web: Web, gate: Gate, anne: Person) -> None:
    web.ask(web.browser(), anne)

    accepted = gate.deliver(web.submitted[0], sender=anne.address)

    assert accepted.outcome.author == "anne@customer.example"


BAD_BODIES = {
    "twice": b"email=anne%40customer.example&email=cris%40stranger.example",
    "two in one": b"email=anne%40customer.example,cris%40stranger.example",
    "line break": b"email=anne%40customer.example%0aBcc:cris%40stranger.example",
    "carriage return": b"email=anne%40customer.example%0d%0a",
    "named": b"email=Anne+%3Canne%40customer.example%3E",
    "huge": b"email=" + b"a" * 1_000_000 + b"%40customer.example",
    "none": b"",
    "empty": b"email=",
    "array": b"email%5B%5D=anne%40customer.example",
    "no ASCII": "email=аnne@customer.example".encode(),
    "null": b"email=anne%00%40customer.example",
    "many fields": b"&".join(b"f%d=1" % number for number in range(500)) + b"&email=anne%40customer.example",
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_anything_but_one_mail_address_is_refused(web: Web, anne: Person, body: bytes) -> None:
    browser = web.browser()

    answer = browser.post("/sign-in", content=body, headers={"content-type": "application/x-www-form-urlencoded"})

    assert answer.status_code == 422
    assert "Enter one mail address" in answer.text
    assert web.submitted == []
    assert not browser.cookies


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_a_form_is_read(web: Web, content_type: str) -> None:
    body = b'{"email": ["anne@customer.example", "cris@stranger.example"]}'

    answer = web.browser().post("/sign-in", content=body, headers={"content-type": content_type})

    assert answer.status_code == 422
    assert web.submitted == []


ADDRESSES = ("anne@customer.example", "bart@hosting.example", "cris@stranger.example")


def test_known_and_unknown_addresses_are_answered_alike(web: Web, anne: Person, bart: Person) -> None:
    with costed(web) as cost:
        answers, works = zip(*(cost(email=address) for address in ADDRESSES), strict=True)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text.replace(address, "") for address, answer in zip(ADDRESSES, answers, strict=True)}) == 1
    assert works == (Work(statements=(), hashes=works[0].hashes, mails=1),) * 3  # nobody is looked up
    assert works[0].hashes > 0


def test_a_wrong_code_costs_as_much_work_for_known_and_unknown_addresses(web: Web, anne: Person, bart: Person) -> None:
    with costed(web) as cost:
        answers, works = zip(*(cost(email=address, code="aaaaaaaa") for address in ADDRESSES), strict=True)

    assert {answer.status_code for answer in answers} == {403}
    assert works == (works[0],) * 3
    assert works[0].statements
    assert works[0].hashes > 0


def test_one_address_is_mailed_five_times_an_hour_at_most(web: Web, gate: Gate, anne: Person) -> None:
    browser = web.browser()

    answers = [browser.post("/sign-in", data={"email": f"{name}@customer.example"}) for name in ["Anne", "anne"] * 3]
    gate.now += timedelta(minutes=61)
    later = browser.post("/sign-in", data={"email": anne.address})

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    assert later.status_code == 200
    assert len(web.submitted) == 6


def test_one_network_asks_thirty_times_an_hour_at_most(web: Web) -> None:
    here = [
        web.browser(x_forwarded_for=f"192.0.2.{number}").post("/sign-in", data={"email": f"a{number}@stranger.example"})
        for number in range(31)
    ]
    elsewhere = web.browser(x_forwarded_for="198.51.100.1").post("/sign-in", data={"email": "b@stranger.example"})

    assert [answer.status_code for answer in here] == [200] * 30 + [429]
    assert elsewhere.status_code == 200


def test_a_form_of_another_site_is_refused(web: Web, anne: Person) -> None:
    headers = ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"})

    answers = [web.browser().post("/sign-in", data={"email": anne.address}, headers=one) for one in headers]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert web.submitted == []


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "null"}, {"origin": "http://127.0.0.1:8025"}]
)
def test_our_own_form_is_taken(web: Web, anne: Person, headers: dict[str, str]) -> None:
    answer = web.browser().post("/sign-in", data={"email": anne.address}, headers=headers)

    assert answer.status_code == 200


def test_an_intake_that_cannot_take_the_mail_is_told_as_such(web: Web, anne: Person) -> None:
    web.refuse = SpoolUnavailable("locked")

    answer = web.browser().post("/sign-in", data={"email": anne.address})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "try again in a few minutes" in answer.text
