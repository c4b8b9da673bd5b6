"""Signing in: the form, the link of the mail, the code, and everything that must not work."""

import logging
import time
from datetime import timedelta
from email import message_from_bytes

import httpx
import pytest
from sqlalchemy import update

from mailgate.errors import SpoolUnavailable
from mailgate.mail.address_token import Key
from mailgate.mail.link_token import LinkPurpose, sign_in_code
from store import keys
from store.engine import reading, transaction
from store.schema import contacts, customers, participants, staff
from tests.gate import Gate, Person
from tests.webview.story import Story
from tests.webview.web import Web, running_web


def code_for(gate: Gate, staff_id: int = 1, epoch: int = 0) -> str:
    with reading(gate.parts.engine) as conn:
        return sign_in_code(staff_id, epoch, Key(*keys.signing(conn)), at=gate.now)


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


def test_the_whole_way_from_the_form_by_mail_into_the_pages(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    for person, home in ((anne, "/"), (bart, "/staff/")):
        browser = web.browser()
        web.ask(browser, person)
        gate.deliver(web.submitted[-1], sender=person.address)
        mail = gate.mailbox(person)[-1]
        link = mail.text.partition(gate.parts.settings.web.public_url)[2].split()[0]

        answer = browser.get(link)

        assert (answer.status_code, answer.headers["location"]) == (303, home)
        assert browser.get(home).status_code == 200


def test_a_link_shows_whose_it_is_before_it_signs_in(web: Web, anne: Person) -> None:
    browser = web.browser()
    word = web.word(anne)

    page = browser.get(f"/in/{word}")
    signed_in = browser.get(f"/in/{word}/go")

    assert page.status_code == 200
    assert "Continue as a…@customer.example" in page.text
    assert "anne@customer.example" not in page.text
    assert signed_in.status_code == 303
    assert signed_in.headers["location"] == "/"
    assert "Hello, Anne Miller" in browser.get("/").text


def test_a_link_opens_at_once_in_the_browser_that_asked_for_it(web: Web, anne: Person) -> None:
    browser = web.browser()
    nonce = web.ask(browser, anne)

    answer = browser.get(f"/in/{web.word(anne, nonce=nonce)}")

    assert answer.status_code == 303
    assert "Hello, Anne Miller" in browser.get("/").text


def test_asking_twice_leaves_both_links_good(web: Web, bart: Person) -> None:
    browser = web.browser()
    first = web.ask(browser, bart)
    web.ask(browser, bart)

    answer = browser.get(f"/in/{web.word(bart, nonce=first)}")

    assert answer.headers["location"] == "/staff/"


def test_a_link_may_be_followed_again(web: Web, anne: Person) -> None:
    word = web.word(anne)
    web.browser().get(f"/in/{word}/go")

    second = web.browser().get(f"/in/{word}/go")

    assert second.status_code == 303


def test_a_staff_link_is_worth_nothing_in_another_browser(web: Web, bart: Person) -> None:
    nonce = web.ask(web.browser(), bart)
    other = web.browser()
    other.cookies.set("mg-nonce", nonce)
    word = web.word(bart, nonce=nonce)

    answers = [other.get(f"/in/{word}"), other.get(f"/in/{word}/go")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Enter the code" in answer.text for answer in answers)
    assert "mg" not in other.cookies
    assert other.get("/staff/").status_code == 303


def test_a_staff_link_without_a_nonce_is_bound_to_no_browser_and_opens_none(web: Web, bart: Person) -> None:
    browser = web.browser()
    web.ask(browser, bart)

    answer = browser.get(f"/in/{web.word(bart)}")

    assert answer.status_code == 200
    assert "mg" not in browser.cookies


def test_staff_may_type_the_code_instead(web: Web, gate: Gate, bart: Person) -> None:
    browser = web.browser()

    answer = browser.post("/sign-in", data={"email": "Bart@Hosting.example", "code": f" {code_for(gate).upper()} "})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/staff/"
    assert browser.get("/staff/").status_code == 200
    assert web.submitted == []


@pytest.mark.parametrize("address", ["bart@hosting.example", "anne@customer.example", "cris@stranger.example"])
def test_a_wrong_code_is_refused_alike_whoever_it_is_for(web: Web, anne: Person, bart: Person, address: str) -> None:
    browser = web.browser()

    answer = browser.post("/sign-in", data={"email": address, "code": "aaaaaaaa"})

    assert answer.status_code == 403
    assert "Address and code do not fit together" in answer.text
    assert "mg" not in browser.cookies


def test_codes_cannot_be_guessed(web: Web, gate: Gate, bart: Person) -> None:
    browser = web.browser()
    for guess in range(5):
        browser.post("/sign-in", data={"email": bart.address, "code": f"guess{guess}"})

    blocked = browser.post("/sign-in", data={"email": bart.address, "code": code_for(gate)})
    gate.now += timedelta(minutes=16)
    later = browser.post("/sign-in", data={"email": bart.address, "code": code_for(gate)})

    assert blocked.status_code == 429
    assert blocked.headers["retry-after"] == "900"
    assert later.status_code == 303


def test_a_session_of_a_contact_lasts_thirty_days_and_one_of_staff_twelve_hours(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    customer, member = web.signed_in(anne), web.signed_in(bart)

    gate.now += timedelta(hours=13)
    after_hours = (customer.get("/").status_code, member.get("/staff/").status_code)
    gate.now += timedelta(days=30)
    after_days = customer.get("/").status_code

    assert after_hours == (200, 303)
    assert after_days == 303


def test_a_raised_epoch_ends_sessions_and_links(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    customer, member, word = web.signed_in(anne), web.signed_in(bart), web.word(anne)
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(customers).values(epoch=1))
        conn.execute(update(staff).values(epoch=1))

    answers = (customer.get("/"), member.get("/staff/"), web.browser().get(f"/in/{word}"))

    assert [answer.status_code for answer in answers] == [303, 303, 410]


def test_a_contact_who_was_removed_is_signed_out(web: Web, story: Story, gate: Gate) -> None:
    browser = web.signed_in(story.dora)
    path = f"/tickets/{story.dora_ticket}"
    before = browser.get(path).status_code
    with transaction(gate.parts.engine) as conn:
        gone = contacts.c.address == story.dora.address
        ours = participants.c.address == story.dora.address
        conn.execute(update(participants).where(ours).values(contact_id=None))
        conn.exec_driver_sql("UPDATE entries SET contact_id = NULL")
        conn.execute(contacts.delete().where(gone))

    after = browser.get(path)

    assert before == 200
    assert after.status_code == 303
    assert after.headers["location"] == "/sign-in"


def bad_words(web: Web, person: Person) -> dict[str, str]:
    word = web.word(person)
    flipped = word[:-1] + ("A" if word[-1] != "A" else "B")
    return {
        "expired": web.word(person, minutes=-1),
        "bit flip": flipped,
        "a session's": web.word(person, purpose=LinkPurpose.SESSION),
        "cut": word[:20],
        "nonsense": "x",
        "non-ASCII": "1.%C3%BC",
        "long": "1." + "A" * 3000,
        "unknown key": "9" + word[1:],
        "dots": "1....",
    }


def test_a_link_that_is_not_good_any_more_is_told_in_the_same_words_whatever_is_wrong(web: Web, anne: Person) -> None:
    browser = web.browser()
    words = bad_words(web, anne)

    pages = {name: browser.get(f"/in/{word}{end}") for name, word in words.items() for end in ("", "/go")}

    assert {page.status_code for page in pages.values()} == {410}
    assert len({page.text for page in pages.values()}) == 1
    text = pages["nonsense"].text
    assert "This link was used or has expired" in text
    assert "mailto:sign-in@support.example?subject=Sign%20in" in text
    assert not browser.cookies


@pytest.mark.parametrize(
    "purpose",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x-moz": "prefetch"},
    ],
)
def test_a_look_ahead_never_gets_a_cookie(web: Web, anne: Person, purpose: dict[str, str]) -> None:
    browser = web.browser()
    nonce = web.ask(browser, anne)
    word = web.word(anne, nonce=nonce)

    answers = [browser.get(f"/in/{word}{end}", headers=purpose) for end in ("", "/go")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_a_scanner_that_opens_the_link_ten_times_leaves_it_to_its_reader(web: Web, anne: Person) -> None:
    word = web.word(anne)
    for _ in range(10):
        web.browser().get(f"/in/{word}")
        web.browser().head(f"/in/{word}/go")

    answer = web.browser().get(f"/in/{word}/go")

    assert answer.status_code == 303


def test_head_never_sets_a_cookie(web: Web, anne: Person) -> None:
    browser = web.browser()
    word = web.word(anne, nonce=web.ask(browser, anne))

    answers = [browser.head(path) for path in (f"/in/{word}", f"/in/{word}/go", "/sign-in", "/out?k=x")]

    assert not any("set-cookie" in answer.headers for answer in answers)
    assert all(answer.content == b"" for answer in answers)


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


def test_known_and_unknown_addresses_are_answered_alike(web: Web, anne: Person, bart: Person) -> None:
    answers: dict[str, httpx.Response] = {}
    seconds: dict[str, float] = {}
    for address in ("anne@customer.example", "bart@hosting.example", "cris@stranger.example"):
        start = time.perf_counter()
        answers[address] = web.browser().post("/sign-in", data={"email": address})
        seconds[address] = time.perf_counter() - start

    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({answer.text.replace(address, "") for address, answer in answers.items()}) == 1
    assert len(web.submitted) == 3
    assert max(seconds.values()) - min(seconds.values()) < 0.05


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
    assert "try again in a few minutes" in answer.text


def test_signing_out_needs_the_key_that_only_the_visitor_has(web: Web, story: Story) -> None:
    browser = web.signed_in(story.anne)
    key = browser.get("/").text.partition("/out?k=")[2].partition('"')[0]

    by_image = browser.get("/out")
    wrong = browser.get("/out?k=x")
    looked_ahead = browser.get(f"/out?k={key}", headers={"sec-purpose": "prefetch"})
    still = browser.get("/").status_code
    signed_out = browser.get(f"/out?k={key}")

    assert not any("set-cookie" in answer.headers for answer in (by_image, wrong, looked_ahead))
    assert still == 200
    assert "You are signed out" in signed_out.text
    assert browser.get("/").status_code == 303


def test_cookies_are_bound_to_the_host_and_to_tls_where_there_is_tls(gate: Gate, anne: Person) -> None:
    with running_web(gate, public_url="https://desk.example") as web:
        host = {"host": "desk.example"}
        asked = web.browser().post("/sign-in", data={"email": anne.address}, headers=host)
        answer = web.browser().get(f"/in/{web.word(anne)}/go", headers=host)

    [session, nonce] = [one.headers["set-cookie"].lower() for one in (answer, asked)]
    assert session.startswith("__host-mg=")
    assert nonce.startswith("__host-mg-nonce=")
    for cookie in (session, nonce):
        assert "; secure" in cookie
        assert "; httponly" in cookie
        assert "; samesite=lax" in cookie
        assert "; path=/" in cookie
        assert "domain=" not in cookie


def test_the_log_names_who_signed_in_and_never_the_word(
    web: Web, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    word = web.word(anne)

    browser = web.browser()
    browser.get(f"/in/{word}/go")
    browser.put(f"/in/{word}")

    assert "signed in contact=1 customer=1 by=link" in caplog.text
    assert _only_by_client(caplog, word)
    assert _only_by_client(caplog, browser.cookies["mg"])


def _only_by_client(caplog: pytest.LogCaptureFixture, word: str) -> bool:
    return all(record.name.startswith("http") for record in caplog.records if word in record.getMessage())
