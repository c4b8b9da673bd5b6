"""What is new to somebody is the viewer's memory: it goes when the mail is opened, and is told after each deed."""

import re
from pathlib import Path

from tests.demo.place import ANN, BOB, Place, running_place

QUESTION = "Since Monday every mail comes back."
JANE = "jane@hosting.example"


def news(page: str) -> str:
    """What the pages say of new mail, as it is read; "" for nothing."""
    found = re.search(r'<section class="wide news"[^>]*>(.*?)</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split()) if found else ""


def test_after_a_mail_was_sent_the_page_says_who_has_new_mail_and_leads_there(place: Place) -> None:
    before = place.get()

    page = place.write(ANN, QUESTION)

    assert news(before) == ""
    assert news(page) == "You , Bob Jones and Jane Poole have new mail."
    for who in (ANN, BOB, JANE):
        assert f'<a href="{place.viewer.play.root}/{who}/">' in page.replace("%40", "@")


def test_a_mail_is_new_until_it_is_opened_and_the_gate_knows_nothing_of_it(place: Place) -> None:
    place.write(ANN, QUESTION)
    number = place.demo.mailboxes.of(BOB).index(place.mail_with(BOB, QUESTION)) + 1
    outgoing = place.outbox_to(BOB)

    before = place.get(f"{BOB}/")
    place.get(f"{BOB}/in-{number}")
    after = place.get(f"{BOB}/")

    assert 'class="new"' in before
    assert "Mailbox (1 new)" in before
    assert 'class="new"' not in after
    assert "Mailbox (" not in after
    assert "Bob Jones" not in news(after)
    assert place.outbox_to(BOB) == outgoing


def test_looking_at_a_mailbox_opens_nothing(place: Place) -> None:
    place.write(ANN, QUESTION)
    place.mail_with(BOB, QUESTION)

    place.get(f"{BOB}/")
    threads = place.get(f"{BOB}/?view=threads")

    assert re.search(r'<li class="deep0"><a href="[^"]*" class="new"', threads)
    assert place.demo.unread.count(BOB) == 1


def test_each_deed_begins_the_news_anew(place: Place) -> None:
    place.write(ANN, QUESTION)

    page = place.step("hour")

    assert news(page) == ""
    assert place.demo.unread.count(BOB) == 1


def test_a_step_of_the_clock_tells_whom_it_brought_mail(place: Place) -> None:
    place.write(ANN, QUESTION)
    place.reply(BOB, place.mail_with(BOB, QUESTION), "The disk was full.")
    place.mail_with(ANN, "The disk was full.")

    page = place.step("36h")

    place.mail_with(ANN, "We have closed")
    assert news(page).startswith("Ann Miller")


def test_an_answer_that_can_still_be_taken_back_is_on_the_page_until_it_left(tmp_path: Path) -> None:
    with running_place(tmp_path, undo_seconds=3600) as place:
        place.write(ANN, QUESTION)

        page = place.reply(BOB, place.mail_with(BOB, QUESTION), "The disk was full.")
        later = place.step("next")

    assert "An answer is about to leave" in news(page)
    assert "An answer is about to leave" not in news(later)
