"""Signing in: the link of the mail, the code, and everything that must not work."""

from datetime import timedelta

import pytest

from mailgate.mail.address_token import Key
from mailgate.mail.link_token import LinkPurpose, sign_in_code
from store import keys
from store.engine import reading
from tests.gate import Gate, Person
from tests.webview.web import Web


def code_for(gate: Gate, staff_id: int = 1, epoch: int = 0) -> str:
    with reading(gate.parts.engine) as conn:
        return sign_in_code(staff_id, epoch, Key(*keys.signing(conn)), at=gate.now)


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
    assert 'Continue as <bdi dir="ltr">a…@customer.example</bdi>' in page.text
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


def bad_words(web: Web, person: Person) -> dict[str, str]:
    word = web.word(person)
    flipped = word[:-9] + ("A" if word[-9] != "A" else "B") + word[-8:]  # the last letter has bits that say nothing
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
