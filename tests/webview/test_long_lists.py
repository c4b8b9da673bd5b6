"""Lists and threads of any length: fifty rows a page, every row on one page, and no page too heavy."""

import gzip
import random
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert

from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Direction, EntryKind, Event, NewEntry, State
from store.desk import tickets
from store.engine import transaction
from store.schema import blobs, spool
from store.schema import tickets as ticket_rows
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.web import Web, links_of

pytestmark = ON_BOTH


def add_tickets(gate: Gate, count: int, *, state: State = State.OPEN, subject: str = "Ticket") -> None:
    rows = [
        {
            "desk": "support",
            "customer_id": 1,
            "subject": f"{subject} {number}",
            "state": state,
            "waiting_since": gate.now + timedelta(seconds=number // 3) if state is State.OPEN else None,
            "messages": 1,
            "opened_at": gate.now,
            "updated_at": gate.now + timedelta(seconds=number // 3),  # some at the same instant
        }
        for number in range(count)
    ]
    with transaction(gate.parts.engine) as conn:
        conn.execute(insert(ticket_rows), rows)


def add_messages(gate: Gate, count: int, text: str | None = None) -> None:
    with transaction(gate.parts.engine) as conn:
        tickets.lock(conn, (1,))
        ticket = tickets.find(conn, 1)
        assert ticket is not None
        for number in range(count):
            entry = NewEntry(EntryKind.MESSAGE, "Anne Miller", text or f"Message {number}", direction=Direction.IN)
            _, ticket = tickets.append(conn, ticket, entry, event=Event.CUSTOMER_WROTE, now=gate.now)


def turn_all(browser: httpx.Client, path: str, *, back: bool = False) -> list[httpx.Response]:
    """Every page of a list, by its own links."""
    pages = [browser.get(path)]
    relation = "prev" if back else "next"
    while found := re.search(rf'rel="{relation}" href="(\?[^"]*)"', pages[-1].text):
        link = found[1].replace("&amp;", "&")
        pages.append(browser.get(path.partition("?")[0] + link))
        assert len(pages) < 50
    return pages


def numbers(pages: list[httpx.Response], place: str) -> list[int]:
    return [int(found) for page in pages for found in re.findall(rf'<a href="{place}(\d+)" dir', page.text)]


@pytest.mark.parametrize("query", ["", "?status=open"])
def test_every_ticket_of_a_customer_is_on_one_page(web: Web, gate: Gate, anne: Person, query: str) -> None:
    add_tickets(gate, 130)
    browser = web.signed_in(anne)

    pages = turn_all(browser, f"/tickets{query}")

    listed = numbers(pages, "/tickets/")
    assert [page.text.count('class="number"') for page in pages] == [50, 50, 30]
    assert sorted(listed) == list(range(1, 131))
    assert listed == sorted(listed, reverse=True)


def test_the_way_back_shows_the_same_rows(web: Web, gate: Gate, anne: Person) -> None:
    add_tickets(gate, 130)
    browser = web.signed_in(anne)
    pages = turn_all(browser, "/tickets")
    last = next(link for link in links_of(pages[1].text) if link.startswith("?after="))

    back = turn_all(browser, f"/tickets{last}", back=True)

    assert numbers(back[:1], "/tickets/") == numbers(pages[2:], "/tickets/")
    assert sorted(numbers(back, "/tickets/")) == list(range(1, 131))


@pytest.mark.parametrize(
    "place", ["x", "1", "1.2.3", "99999999999999999999.1", "-1.-1", "9" * 19 + ".1", "'", "newest"]
)
def test_a_place_that_is_nonsense_means_some_page_and_no_failure(
    web: Web, gate: Gate, anne: Person, place: str
) -> None:
    add_tickets(gate, 3)
    browser = web.signed_in(anne)

    answers = [browser.get(path, params={way: place}) for path in ("/tickets", "/mails") for way in ("after", "before")]

    assert {answer.status_code for answer in answers} == {200}


def test_the_queue_of_the_staff_turns_its_pages_too(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    add_tickets(gate, 130)

    pages = turn_all(web.signed_in(bart), "/staff/")

    assert numbers(pages, "/staff/tickets/") == list(range(1, 131))
    assert "130 open tickets" in pages[0].text


@pytest.mark.parametrize("state", ["answered", "all"])
def test_other_lists_of_the_staff_turn_their_pages_too(
    web: Web, gate: Gate, anne: Person, bart: Person, state: str
) -> None:
    add_tickets(gate, 130, state=State.ANSWERED)

    pages = turn_all(web.signed_in(bart), f"/staff/?state={state}")

    assert sorted(numbers(pages, "/staff/tickets/")) == list(range(1, 131))


def test_a_long_thread_is_turned_page_by_page_and_begins_with_the_first_message(
    web: Web, gate: Gate, anne: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    add_messages(gate, 130)
    browser = web.signed_in(anne)

    pages = turn_all(browser, "/tickets/1")

    texts = [found for page in pages for found in re.findall(r'<div class="text" dir="auto">([^<]*)<', page.text)]
    assert texts == ["It is broken.", *(f"Message {number}" for number in range(130))]
    assert "It is broken." in pages[0].text


def test_the_newest_page_of_a_thread_is_one_link_away(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    add_messages(gate, 130)
    browser = web.signed_in(anne)
    link = next(link for link in links_of(browser.get("/tickets/1").text) if link == "?before=newest")

    page = browser.get(f"/tickets/1{link}")

    assert "Message 129" in page.text
    assert page.text.count("<article") == 50
    assert 'rel="next"' not in page.text
    assert 'rel="prev"' in page.text


def noise(characters: int) -> str:
    """Text that does not compress."""
    chosen = random.Random(7)
    return "".join(chosen.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n", k=characters))


@pytest.mark.parametrize("characters", [200, 2_000, 20_000, 200_000])
def test_no_thread_is_too_heavy_for_one_page(web: Web, gate: Gate, anne: Person, bart: Person, characters: int) -> None:
    gate.deliver(anne.writes("It is broken."))
    chosen = random.Random(characters)
    for _ in range(20):
        gate.deliver(anne.writes(noise(characters) + str(chosen.random()), subject="Re: [#1]"))
    reads = {web.signed_in(anne): "/tickets/1", web.signed_in(bart): "/staff/tickets/1"}

    pages = [page for browser, path in reads.items() for page in turn_all(browser, path)]

    assert max(len(gzip.compress(page.content)) for page in pages) <= MAX_GZIP
    assert sum(page.text.count("<article") for page in pages) == 42


def test_a_message_that_is_cut_is_whole_at_an_address_of_its_own(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    words = noise(30_000).strip()
    gate.deliver(anne.writes(words))
    entry = gate.history(1)[0]

    whole = web.signed_in(anne).get(f"/tickets/1/messages/{entry.id}.txt")
    for_staff = web.signed_in(bart).get(f"/staff/tickets/1/messages/{entry.id}.txt")

    assert f"/tickets/1/messages/{entry.id}.txt" in web.signed_in(anne).get("/tickets/1").text
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert whole.text == for_staff.text == entry.text
    assert len(whole.text) > 25_000


def test_subjects_as_long_as_mail_allows_make_no_page_too_heavy(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    ideographs = "".join(random.Random(3).choices([chr(code) for code in range(0x4E00, 0x9000)], k=5_000))
    add_tickets(gate, 120, subject=ideographs)
    held = {
        "door": "smtp",
        "tls": False,
        "forward_paths": [],
        "attempts": 1,
        "released": False,
        "received_at": gate.now,
    }
    with transaction(gate.parts.engine) as conn:
        sha256 = conn.exec_driver_sql("SELECT sha256 FROM blobs LIMIT 1").scalar()
        if sha256 is None:
            conn.execute(insert(blobs).values(sha256="00", size=1, content=b"."))
        values = {**held, "sha256": sha256 or "00", "disposition": Disposition.HELD}
        rows = [{**values, "author": ideographs[n:], "subject": ideographs[-n:], "reason": "it"} for n in range(60)]
        conn.execute(insert(spool), rows)
    lists = {
        web.signed_in(anne): ["/", "/tickets"],
        web.signed_in(bart): ["/staff/", "/staff/?state=all", "/staff/held"],
    }

    pages = [page for browser, paths in lists.items() for path in paths for page in turn_all(browser, path)]

    assert max(len(gzip.compress(page.content)) for page in pages) <= MAX_GZIP
    assert {page.status_code for page in pages} == {200}
