"""Nobody leaves the demo by a link: pages begin their mails in the viewer, lead back there, and stay open."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mailgate.demo.doorway import changed
from mailgate.demo.sign_in_link import sign_in_link
from store.views.visitors import StaffVisitor
from tests.demo.place import ANN, BOB, SUPPORT, Place

QUESTION = "Since Monday every mail comes back."
BOB_VISITS = StaffVisitor(1, "Bob <b>", "bob@hosting.example", 0)


def signed_in(place: Place, who: str, to: str) -> httpx.Response:
    """Somebody's page of the web view, by way of the viewer."""
    return place.browser.get(f"{place.viewer.url}{who}/pages", params={"to": to})


def web(place: Place) -> str:
    return place.demo.running.parts.settings.web.public_url


def forms(page: httpx.Response) -> list[dict[str, str]]:
    """What the links of a page that begin a mail begin."""
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*/write\?link=[^"]*)"', page.text)]
    return [{"url": link, "mailto": parse_qs(urlsplit(link).query)["link"][0]} for link in links]


def test_a_button_of_a_page_opens_the_form_with_its_mail_filled_in(place: Place) -> None:
    place.write(ANN, QUESTION)
    place.mail_with(BOB, QUESTION)

    page = signed_in(place, BOB, "/staff/tickets/1")
    close = next(one for one in forms(page) if "body=%21close" in one["mailto"])
    form = place.browser.get(close["url"]).text

    assert "mailto:" not in re.sub(r"write\?link=[^\"]*", "", page.text)
    assert close["url"].startswith(f"{place.viewer.url}{BOB}/write?")
    assert re.search(r'name="to"[^>]* value="support\+\w+@support.example"', form)
    assert re.search(r'name="subject"[^>]* value="[^"]*\[#1\]"', form)
    assert "!close" in re.findall(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[0]
    assert "From Bob Jones" in form


def test_what_is_sent_from_such_a_form_is_carried_out(place: Place) -> None:
    place.write(ANN, QUESTION)
    place.mail_with(BOB, QUESTION)
    page = signed_in(place, ANN, "/tickets/1")
    close = next(one for one in forms(page) if "body=%21close" in one["mailto"])

    form = place.browser.get(close["url"]).text
    fields = {
        name: html.unescape(value) for name, value in re.findall(r'name="(to|subject)"[^>]* value="([^"]*)"', form)
    }
    place.browser.post(close["url"].partition("?")[0], data={**fields, "text": "!close\n", "answers": ""})

    assert place.ticket(1).state == "closed"


def test_each_page_leads_back_to_the_mailbox_of_whoever_looks(place: Place) -> None:
    page = signed_in(place, ANN, "/tickets")

    assert f'<a href="{place.viewer.url}{ANN}/">← Mailbox of Ann Miller</a>' in page.text
    assert f'<a href="{place.viewer.url}">People of the demo</a>' in page.text


def test_who_is_not_signed_in_is_asked_who_writes(place: Place) -> None:
    page = httpx.get(f"{web(place)}/sign-in")

    [begun] = forms(page)
    asked = place.browser.get(begun["url"]).text

    assert "Mailbox of" not in page.text
    assert "Who writes?" in asked
    assert f"{ANN}/write?link=mailto" in asked.replace("%40", "@")


def test_a_link_outlives_the_steps_of_the_clock_and_so_does_a_session(place: Place) -> None:
    link = sign_in_link(place.demo.running.parts, BOB, now=place.demo.clock())
    place.browser.get(f"{link}/go")

    place.step("36h")
    session = place.browser.get(f"{web(place)}/staff/held")
    fresh = httpx.get(f"{link}/go", follow_redirects=False)

    assert session.url.path == "/staff/held"
    assert (fresh.status_code, fresh.headers["location"]) == (303, "/staff/")


def test_a_link_that_was_mailed_outlives_them_too(place: Place) -> None:
    place.write(ANN, "", to="sign-in@support.example", subject="Sign in")
    link = re.findall(r"http\S*/in/\S+", place.mail_with(ANN, "/in/").text)[0]

    place.step("day")

    assert httpx.get(link).status_code == 200


@pytest.mark.parametrize("change", [lambda word: word[:-2] + "AA", lambda word: "1.x.y", lambda word: word.upper()])
def test_a_link_that_nobody_made_stays_closed(place: Place, change: object) -> None:
    link = sign_in_link(place.demo.running.parts, BOB, now=place.demo.clock())
    before, _, word = link.rpartition("/")

    assert callable(change)
    assert httpx.get(f"{before}/{change(word)}").status_code == 410


def test_a_link_of_a_mail_shows_the_page_to_whoever_reads_the_mail(place: Place) -> None:
    place.write(ANN, QUESTION)
    number = place.demo.mailboxes.of(BOB).index(place.mail_with(BOB, QUESTION)) + 1
    signed_in(place, ANN, "/")

    mail = place.browser.get(f"{place.viewer.url}{BOB}/in-{number}").text
    [link] = {html.unescape(one) for one in re.findall(r'href="([^"]*pages\?to=[^"]*)"', mail)}
    page = place.browser.get(f"http://127.0.0.1:{place.demo.ports.viewer}{link}")

    assert page.url.path == "/staff/tickets/1"
    assert QUESTION in page.text


@pytest.mark.parametrize("to", ["//elsewhere.example/", "http://elsewhere.example/", "/\\elsewhere.example", "x"])
def test_nobody_is_led_out_of_the_demo(place: Place, to: str) -> None:
    link = sign_in_link(place.demo.running.parts, ANN, now=place.demo.clock())

    answer = httpx.get(f"{link}/go", params={"to": to}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_page_is_never_that_of_another_demo_which_a_browser_kept(place: Place) -> None:
    first = httpx.get(f"{web(place)}/help")

    again = httpx.get(f"{web(place)}/help", headers={"If-None-Match": first.headers.get("etag", "*")})

    assert "etag" not in first.headers
    assert again.status_code == 200
    assert int(again.headers["content-length"]) == len(again.content)


def test_what_is_no_page_goes_through_as_it_is(place: Place) -> None:
    place.write(ANN, f"Write to mailto:{SUPPORT}", subject="Hello")

    text = signed_in(place, ANN, "/tickets/1.txt")
    head = place.browser.head(f"{web(place)}/tickets/1")

    assert f"mailto:{SUPPORT}" in text.text
    assert "Mailbox of" not in text.text
    assert (head.status_code, head.content) == (200, b"")


def test_names_and_addresses_stay_text_in_the_bar() -> None:
    page = '<head></head><header class="top"></header><a href="mailto:a@b.example?subject=x&amp;body=%22">Write</a>'

    shown = changed(page, "http://127.0.0.1:1/w/", BOB_VISITS)

    assert "Bob &lt;b&gt;" in shown
    [begun] = re.findall(r'href="([^"]*write[^"]*)"', shown)
    assert parse_qs(urlsplit(html.unescape(begun)).query)["link"] == ["mailto:a@b.example?subject=x&body=%22"]
    assert changed("<p>A mail in its frame</p>", "http://127.0.0.1:1/w/", BOB_VISITS) == "<p>A mail in its frame</p>"
