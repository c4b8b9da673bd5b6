"""Own words against history, over answers of a dozen mail programs in some forty languages, and texts that look so."""

import pytest

from mailgate.mail.parse import parse
from tests.mail.mails import written
from tests.mail.words import replies, traps

OWN = "Yes, Thursday is fine.\n\nPlease tell us when it is done.\n\nAnne"
ANSWERS = "In-Reply-To: <o.7.abc@in.example>"


def _own(text: str, *, subject: str = f"Re: {replies.SUBJECT}", answers: bool = True) -> str:
    """What `mailgate inspect` calls reply_text, of an answer that Anne sends to Bart."""
    fields = ["To: bart@in.example", f"Subject: {subject}", "Content-Type: text/plain; charset=utf-8"]
    message = parse(written(*fields, *([ANSWERS] if answers else []), body=text, author=replies.AUTHOR))
    return message.own_text or message.text.strip()


@pytest.mark.parametrize("below", [replies.QUOTED, replies.ASKED], ids=["marked", "unmarked"])
@pytest.mark.parametrize("line", replies.ATTRIBUTED.values(), ids=replies.ATTRIBUTED)
def test_a_line_that_leads_history_in_goes_with_it(line: str, below: str) -> None:
    assert _own(f"{OWN}\n\n{line}\n\n{below}\n") == OWN


@pytest.mark.parametrize("line", replies.ONLY_ABOVE_MARKS.values(), ids=replies.ONLY_ABOVE_MARKS)
def test_a_line_that_says_less_goes_above_a_marked_quotation(line: str) -> None:
    assert _own(f"{OWN}\n\n{line}\n{replies.QUOTED}\n") == OWN


@pytest.mark.parametrize("header", replies.HEADERS.values(), ids=replies.HEADERS)
def test_the_header_of_the_answered_mail_goes_with_what_is_below(header: str) -> None:
    assert _own(f"{OWN}\n\n{header}\n\n{replies.ASKED}\n") == OWN


@pytest.mark.parametrize("label", ["The host is: web3", "First: web3\nSecond: web4", "Ĝi estas: web3"])
@pytest.mark.parametrize("header", replies.HEADERS.values(), ids=replies.HEADERS)
def test_a_last_line_that_looks_like_one_of_the_header_stays(label: str, header: str) -> None:
    assert _own(f"{OWN}\n\n{label}\n\n{header}\n\n{replies.ASKED}\n") == f"{OWN}\n\n{label}"


def test_a_header_with_empty_lines_between_its_lines_is_one() -> None:
    text = f"{OWN}\n\n{replies.HEADERS['Outlook en']}\n\n{replies.ASKED}\n"

    assert _own(text.replace("\n", "\n\n")) == OWN.replace("\n", "\n\n")


@pytest.mark.parametrize(
    "tail", ["Sent from my iPhone", replies.TAILS["Outlook en"], replies.TAILS["signature, its blank lost"]]
)
def test_tails_go_above_the_rule_of_a_header(tail: str) -> None:
    below = f"________________________________\n{replies.HEADERS['many readers']}\n\n{replies.ASKED}"

    assert _own(f"{OWN}\n\n{tail}\n{below}\n") == OWN


def test_a_rule_below_the_line_of_a_telephone_may_be_the_last_line() -> None:
    assert _own("Yes.\n\nSent from my iPad\n________________________________\n").startswith("Yes.")


@pytest.mark.parametrize("name", ["Anne", "Thanks\nAnne Ash"])
def test_the_line_of_a_telephone_may_stand_right_below_a_name(name: str) -> None:
    assert _own(f"Yes.\n\n{name}\nSent from my iPad\n") == f"Yes.\n\n{name}"


PASTED = {
    "a prompt": "It stops here:\n\n>>> import records\n>>> records.open(7)\nKeyError: 7\n\nWhat is that?",
    "a request": "$ curl -v https://in.example/\n> GET / HTTP/2\n> Host: in.example\n< HTTP/2 503\n\nIs it down?",
    "a verse": "Auf die Karte soll:\n\n> Der Mond ist aufgegangen,\n> die goldnen Sternlein prangen\n\nBitte in Blau.",
}


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED)
@pytest.mark.parametrize(
    "below",
    [f"{replies.ATTRIBUTED['Gmail es']}\n\n{replies.QUOTED}", f"{replies.HEADERS['Outlook fr']}\n\n{replies.ASKED}"],
    ids=["marked", "unmarked"],
)
def test_marked_lines_that_the_history_below_lacks_are_own(text: str, below: str) -> None:
    assert _own(f"{text}\n\n{below}\n") == text


@pytest.mark.parametrize("below", [replies.ATTRIBUTED["Gmail es"], replies.HEADERS["Outlook fr"]])
def test_a_question_that_was_copied_from_the_history_below_is_quoted(below: str) -> None:
    text = f"Here:\n\n> May we move the backup\n> to Thursday night?\n\nYes.\n\n{below}\n\n{replies.ASKED}"

    assert _own(text) == "Here:\n\n\nYes."


@pytest.mark.parametrize("mark", replies.MARKS.values(), ids=replies.MARKS)
def test_a_mark_that_asks_for_answers_above_it_goes_with_what_is_below(mark: str) -> None:
    assert _own(f"{OWN}\n\n{mark}\n\n{replies.ASKED}\n") == OWN


@pytest.mark.parametrize(
    "history", ["", f"\n\n{replies.ATTRIBUTED['Gmail en']}\n\n{replies.QUOTED}"], ids=["end", "history"]
)
@pytest.mark.parametrize("tail", replies.TAILS.values(), ids=replies.TAILS)
def test_signatures_and_the_lines_of_telephones_go(tail: str, history: str) -> None:
    assert _own(f"{OWN}\n\n{tail}{history}\n") == OWN


@pytest.mark.parametrize("text", traps.ANYWHERE.values(), ids=traps.ANYWHERE)
@pytest.mark.parametrize("answers", [True, False], ids=["answer", "new mail"])
def test_words_that_look_like_history_stay(text: str, answers: bool) -> None:
    assert _own(text, answers=answers, subject="Re: It" if answers else "It") == text


@pytest.mark.parametrize("text", traps.ANYWHERE.values(), ids=traps.ANYWHERE)
def test_they_stay_above_history(text: str) -> None:
    assert _own(f"{text}\n\n{replies.ATTRIBUTED['Gmail en']}\n\n{replies.QUOTED}") == text


@pytest.mark.parametrize("text", traps.IN_NEW_MAIL.values(), ids=traps.IN_NEW_MAIL)
def test_in_a_mail_that_answers_none_nothing_is_history(text: str) -> None:
    assert _own(text, answers=False, subject="A question") == text


@pytest.mark.parametrize("answers", [True, False], ids=["in a thread", "alone"])
@pytest.mark.parametrize("prefix", ["Fwd", "FW", "WG", "TR", "I", "RV", "VB", "轉寄"])
@pytest.mark.parametrize("text", traps.FORWARDED.values(), ids=traps.FORWARDED)
def test_what_is_forwarded_stays_whole(text: str, prefix: str, answers: bool) -> None:
    assert _own(text, answers=answers, subject=f"{prefix}: Bill") == text
