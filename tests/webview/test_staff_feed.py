"""The queue as a feed: for whoever has the word of somebody on the staff, and as long as that is good."""

import html
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from mailgate.mail.link_token import LinkPurpose
from store import people_edits
from store.engine import transaction
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.web import Web

pytestmark = ON_BOTH
ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(web: Web, person: Person, query: str = "") -> str:
    """The path of the feed that the queue names."""
    page = web.signed_in(person).get(f"/staff/{query}").text
    [path] = re.findall(r'href="(/f/[^"]+)"', page)
    return html.unescape(path)


def titles(raw: bytes) -> list[str | None]:
    return [one.findtext(f"{ATOM}title") for one in ET.fromstring(raw).findall(f"{ATOM}entry")]


def test_who_waits_since_the_latest_comes_first_and_what_is_answered_is_gone(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("One.", subject="Disk <full>"))
    gate.later(hours=1)
    gate.deliver(anne.writes("Two.", subject="DNS\x08"))
    path = feed_of(web, bart)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!priority urgent"))

    before = web.browser().get(path)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Done."))
    after = web.browser().get(path)

    assert before.headers["content-type"] == "application/atom+xml"
    assert before.headers["cache-control"] == "private, no-cache"
    assert [title for title in titles(before.content) if title] == ["Urgent: DNS [#2]", "Disk <full> [#1]"]
    assert titles(after.content) == ["Disk <full> [#1]"]
    assert "One." not in before.text  # it tells what waits, and not what was written


def test_a_ticket_that_is_open_once_more_is_a_new_item(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("One.", subject="Disk"))
    path = feed_of(web, bart)
    ids = []
    for _ in range(2):
        ids.append(ET.fromstring(web.browser().get(path).content).findtext(f"{ATOM}entry/{ATOM}id"))
        gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Done."))
        gate.later(hours=1)
        gate.deliver(anne.replies(gate.mailbox(anne)[-1], "And now?"))

    assert len(set(ids)) == 2


def test_a_feed_has_the_filter_of_the_page_that_names_it(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("One.", subject="Disk"))
    gate.deliver(anne.writes("Two.", subject="DNS"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!take"))

    mine, nobodys = (web.browser().get(feed_of(web, bart, f"?with={whose}")) for whose in ("mine", "nobody"))

    assert titles(mine.content) == ["DNS [#2]"]
    assert titles(nobodys.content) == ["Disk [#1]"]
    own = ET.fromstring(mine.content).find(f"{ATOM}link[@rel='self']")
    assert own is not None
    assert (own.get("href") or "").endswith("with=mine")


def test_a_feed_ends_when_its_reader_is_signed_out_and_shows_nothing_else(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("One."))
    path = feed_of(web, bart)
    somebody = web.browser()

    good = somebody.get(path)
    word = path.split("/")[2]
    elsewhere = [somebody.get(place) for place in (f"/f/{word}/tickets/1.atom", f"/in/{word}/go", "/staff/")]
    changed = somebody.get(path.replace("/f/", "/f/x"))
    gate.now += timedelta(days=401)
    late = somebody.get(path)
    gate.now -= timedelta(days=401)
    with transaction(gate.parts.engine) as conn:
        people_edits.sign_out_staff(conn, 1)
    revoked = somebody.get(path)

    assert good.status_code == 200
    assert 200 not in [answer.status_code for answer in elsewhere if "go" not in str(answer.url)]
    assert web.cookie_name not in somebody.cookies
    assert [answer.status_code for answer in (changed, late, revoked)] == [404, 404, 404]


@pytest.mark.parametrize("purpose", [LinkPurpose.FEED, LinkPurpose.SIGN_IN, LinkPurpose.SESSION])
def test_no_word_of_a_customer_opens_the_feed_of_staff(company: Company, purpose: LinkPurpose) -> None:
    for person in (company.story.anne, company.story.bart):
        word = company.web.word(person, purpose=purpose)

        answer = company.web.browser().get(f"/f/{word}/staff/queue.atom")

        is_its = purpose is LinkPurpose.FEED and person is company.story.bart
        assert answer.status_code == (200 if is_its else 404)
