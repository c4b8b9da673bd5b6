"""The pages that search: who finds what, how it is shown, and that nothing of a mail becomes markup."""

import gzip
import re

import pytest
from sqlalchemy import insert

from mailgate.flows.indexing import index_all
from store.engine import transaction
from store.schema import search_marks
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.story import NOTE
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.web import Web, links_of

pytestmark = ON_BOTH


def find(company: Company, person: Person, typed: str, *, staff: bool = False, **more: str) -> str:
    path = "/staff/search" if staff else "/search"
    answer = company.web.signed_in(person).get(path, params={"q": typed, **more})
    assert answer.status_code == 200
    return answer.text


def test_a_customer_finds_tickets_and_mails_with_the_words_marked(company: Company) -> None:
    page = find(company, company.story.anne, "mailbox full")

    assert f'href="/tickets/{company.story.mail_ticket}"' in page
    assert "<mark>mailbox</mark> <mark>full</mark>" in page
    assert "/staff/" not in page


def test_a_customer_finds_neither_notes_nor_what_is_not_theirs(company: Company) -> None:
    story = company.story
    word = NOTE.split()[4]  # web3

    assert f"/tickets/{story.mail_ticket}" not in find(company, story.anne, word)
    assert f"/staff/tickets/{story.mail_ticket}" in find(company, story.bart, word, staff=True)
    for typed in ("mailbox", "disk", "status:open", "from:anne", "customer:1", f"#{story.mail_ticket}", "-nothing"):
        seen = find(company, story.paul, typed) + find(company, story.paul, typed, kind="ticket")
        assert f'"/tickets/{story.mail_ticket}"' not in seen
        assert f'"/tickets/{story.disk_ticket}"' not in seen
        assert "anne@customer.example" not in seen.lower()


def test_a_contact_finds_what_they_take_part_in_and_the_owner_all(company: Company) -> None:
    story = company.story

    assert f"/tickets/{story.disk_ticket}" in find(company, story.anne, "disk")
    assert f"/tickets/{story.disk_ticket}" not in find(company, story.dora, "disk")
    assert f"/tickets/{story.dora_ticket}" in find(company, story.dora, "503")


def test_an_answer_that_may_still_be_undone_is_not_found_by_the_customer(web: Web, gate: Gate) -> None:
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "xylophone"))
    index_all(gate.parts.engine)
    before = web.signed_in(anne).get("/search?q=xylophone").text
    with gate.parts.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE outbox SET state = 'held' WHERE template = 'reply'")

    after = web.signed_in(anne).get("/search?q=xylophone").text

    assert "/tickets/1" in before
    assert "Nothing was found" in after


def test_the_number_of_a_ticket_comes_first_for_whoever_may_see_it(company: Company) -> None:
    number = company.story.mail_ticket

    assert "With this number" in find(company, company.story.anne, f"#{number}")
    assert "With this number" in find(company, company.story.bart, str(number), staff=True)
    assert "With this number" not in find(company, company.story.paul, f"#{number}")


def test_an_unknown_operator_is_explained_and_the_rest_is_searched(company: Company) -> None:
    page = find(company, company.story.anne, "statsu:open mailbox")

    assert "“statsu:” is not known; did you mean “status:”?" in page
    assert f"/tickets/{company.story.mail_ticket}" in page


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '" onfocus=alert(1) x="', "x:<b>"])
def test_what_was_typed_is_shown_as_text(company: Company, typed: str) -> None:
    page = find(company, company.story.anne, typed)

    assert typed not in page


def test_markup_in_a_mail_is_shown_as_text_in_its_snippet(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("look <script>alert(1)</script> &amp; <mark>here</mark>", subject="<i>odd</i>"))
    index_all(gate.parts.engine)

    page = web.signed_in(anne).get("/search?q=script").text

    assert "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; &amp;amp; &lt;mark&gt;here" in page
    assert "<i>odd" not in page


def test_long_results_go_on_on_further_pages_and_each_is_light(web: Web, gate: Gate) -> None:
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")
    for number in range(60):
        gate.now = gate.now.replace(minute=number)
        gate.accept(anne.writes(f"disk {'quota exceeded ' * 9}{number}", subject=f"Disk {number}"))
    gate.parts.receive_all(range(1, 61), gate.now)
    index_all(gate.parts.engine)
    browser = web.signed_in(bart)

    first = browser.get("/staff/search?q=disk")
    page = browser.get("/staff/search?q=disk&kind=ticket")
    following = next(link for link in links_of(page.text) if "after=" in link)
    second = browser.get(f"/staff/search{following}")

    assert "All tickets that were found" in first.text
    numbers = [link for text in (page.text, second.text) for link in links_of(text) if "/staff/tickets/" in link]
    assert len(numbers) == len(set(numbers)) == 60
    assert all(len(gzip.compress(one.content)) <= MAX_GZIP for one in (first, page, second))


def mark(gate: Gate, count: int) -> None:
    """So many rows wait to be indexed."""
    rows = [{"kind": "mail", "row_id": 1_000 + number} for number in range(count)]
    with transaction(gate.parts.engine) as conn:
        conn.execute(search_marks.delete())
        conn.execute(insert(search_marks), rows)


def test_who_searches_while_the_index_is_made_is_told(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is full.", subject="Disk"))
    index_all(gate.parts.engine)
    hers, his = web.signed_in(anne), web.signed_in(bart)

    def told(words: str) -> list[bool]:
        return [
            "The index is still being made" in hers.get("/search", params={"q": words}).text,
            "Still indexing: " in his.get("/staff/search", params={"q": words}).text,
        ]

    whole = told("zebra")
    mark(gate, 1)
    a_bit = told("disk"), told("zebra")  # who finds nothing wants to know
    mark(gate, 12_000)
    much = told("disk")
    page = his.get("/staff/search?q=disk").text

    assert (whole, a_bit, much) == ([False] * 2, ([False] * 2, [True] * 2), [True] * 2)
    assert "Still indexing: 10,000+ texts to go" in page


def test_what_narrows_a_search_can_be_taken_away_one_by_one(company: Company) -> None:
    page = find(company, company.story.bart, "disk status:open -zebra", staff=True, kind="ticket")

    taking = re.findall(r'href="/staff/search\?q=([^"]*)" aria-current="true"><bdi>([^<]*)</bdi>', page)

    assert taking == [
        ("disk%20-zebra&amp;kind=ticket", "status:open"),
        ("disk%20status%3Aopen&amp;kind=ticket", "-zebra"),
    ]
    assert "take this filter away" not in find(company, company.story.bart, "disk", staff=True)
