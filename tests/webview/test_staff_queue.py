"""The staff's list of tickets: with whom each is, what staff said of it, and what a filter leaves."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import event, insert

from mailgate.tickets.ticket import Priority, State
from store.engine import transaction
from store.schema import tickets
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH
from tests.webview.test_long_lists import numbers, turn_all
from tests.webview.web import Web, links_of

pytestmark = ON_BOTH

PLACE = "/staff/tickets/"


@pytest.fixture
def browser(web: Web, gate: Gate, anne: Person, bart: Person) -> httpx.Client:
    """Bart's, who is the first of the staff; Jane is the second, and Anne their customer."""
    gate.staff("Jane Poole", "jane@hosting.example")
    return web.signed_in(bart)


def add(gate: Gate, count: int, *, state: State = State.OPEN, desk: str = "support", **values: object) -> None:
    """So many tickets of one kind, a second apart."""
    rows = []
    for _ in range(count):
        gate.later(seconds=1)
        at = {"opened_at": gate.now, "updated_at": gate.now, "waiting_since": gate.now if state is State.OPEN else None}
        rows.append({"customer_id": 1, "subject": "Q", "state": state, "desk": desk, "messages": 1, **at, **values})
    with transaction(gate.parts.engine) as conn:
        conn.execute(insert(tickets), rows)


def filters_of(page: str) -> list[str]:
    """The words of the filters that are on, and can be taken away."""
    found = re.findall(r'aria-current="true">(.*?)<span class="unseen">', page)
    return [re.sub(r"<[^>]+>", "", one) for one in found]


def test_the_queue_shows_with_whom_each_ticket_is_and_what_staff_said_of_it(browser: httpx.Client, gate: Gate) -> None:
    add(gate, 1, assignee_id=2, priority=Priority.URGENT, tags=["shop", "tls"])
    add(gate, 1, priority=Priority.NORMAL)

    page = browser.get("/staff/").text
    first, second = re.findall(r'<tr role="row"><th role="rowheader".*?</tr>', page, re.DOTALL)

    assert '<a href="/staff/?state=open&amp;with=2">Jane Poole</a>' in first
    assert '<span class="chip urgent">Urgent</span>' in first
    assert '<a href="/staff/?state=open&amp;tag=tls"><bdi dir="ltr">#tls</bdi></a>' in first
    assert "nobody" in second
    assert "chip" not in second  # normal is nothing to point out, and all of them are open
    assert "State</th>" not in page


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("?with=mine", [1]),
        ("?with=2", [2]),
        ("?with=nobody", [3, 4, 5]),
        ("?desk=billing", [4]),
        ("?tag=tls", [3, 5]),
        ("?tag=TLS&with=nobody", [3, 5]),
        ("?tag=tl", []),
        ("?tag=%25", []),
        ("?tag=tls&desk=billing", []),
        ("?priority=urgent", [5]),
        ("?priority=urgent&tag=shop", [5]),
        ("?with=somebody&desk=nowhere&priority=low&state=odd", [1, 2, 3, 4, 5]),
        ("?with=99999999999999999999", [1, 2, 3, 4, 5]),
        ("?with=999999", []),
        ("?state=closed&with=mine", [6]),
        ("?state=all&with=mine", [6, 1]),
        ("?state=all&tag=tls", [5, 3]),
    ],
)
def test_a_filter_leaves_what_it_names(browser: httpx.Client, gate: Gate, query: str, left: list[int]) -> None:
    add(gate, 1, assignee_id=1)
    add(gate, 1, assignee_id=2)
    add(gate, 1, tags=["tls"])
    add(gate, 1, desk="billing", tags=[])
    add(gate, 1, tags=["shop", "tls"], priority=Priority.URGENT)
    add(gate, 1, state=State.CLOSED, assignee_id=1)

    page = browser.get(f"/staff/{query}")

    assert numbers([page], PLACE) == left
    if "state" not in query:
        assert f"<h1>{len(left)} open ticket" in page.text


def test_each_filter_that_is_on_can_be_taken_away_alone(browser: httpx.Client, gate: Gate) -> None:
    asked = "/staff/?state=all&with=2&desk=billing&tag=tls&priority=urgent"
    page = browser.get(asked).text

    parts = set(parse_qs(urlsplit(asked).query))
    taking = [
        parts - set(parse_qs(urlsplit(link).query))
        for link in re.findall(
            r'href="([^"]*)" aria-current="true">.*?<span class="unseen"', page.replace("&amp;", "&")
        )
    ]

    assert filters_of(page) == ["with Jane Poole", "Urgent", "billing", "tag tls"]
    assert taking == [{"with"}, {"priority"}, {"desk"}, {"tag"}]
    assert "No ticket passes this filter." in page


def test_every_ticket_of_a_filter_is_on_one_page_in_both_directions(browser: httpx.Client, gate: Gate) -> None:
    for _ in range(65):
        add(gate, 1, tags=["tls"])
        add(gate, 1)
    pages = turn_all(browser, "/staff/?tag=tls")
    last = next(link for link in links_of(pages[0].text) if "after=" in link)
    back = turn_all(browser, f"/staff/{last}", back=True)

    assert numbers(pages, PLACE) == list(range(1, 130, 2))
    assert filters_of(pages[1].text) == ["tag tls"]
    assert numbers(back[1:], PLACE) == numbers(pages[:1], PLACE)


@pytest.mark.parametrize("query", ["", "?with=mine&desk=support&tag=tls&priority=urgent"])
def test_the_queue_asks_the_store_no_more_often_when_it_is_long(
    browser: httpx.Client, web: Web, gate: Gate, query: str
) -> None:
    asked: list[str] = []
    event.listen(web.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    counts = []
    for more in (1, 49):
        add(gate, more, assignee_id=1, tags=["tls"], priority=Priority.URGENT)
        asked.clear()
        browser.get(f"/staff/{query}")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 8
