"""The new words of a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.parse import parse
from tests.mail.mails import from_corpus, own_text, reply_text

WORDS = "It works.\n\n- the phone\n- the laptop\n\nThanks, Anne"
QUOTE = "\n> Does it work?\n>\n> Bart\n"

BELOW = {
    "Gmail": "\nOn Mon, 23 Nov 2026 at 08:50, Bart <bart@in.example> wrote:\n" + QUOTE,
    "Gmail, folded": "\nOn Mon, 23 Nov 2026 at 08:50, Bart of the Example Hosting Company\n<bart@in.example> wrote:\n"
    + QUOTE,
    "Gmail, marks lost": "\nOn Mon, 23 Nov 2026 at 08:50, Bart <bart@in.example> wrote:\n\nDoes it work?\n",
    "German": "\nAm Mo., 23. Nov. 2026 um 08:50 Uhr schrieb Bart <bart@in.example>:\n\nGeht es?\n",
    "French": "\nLe lun. 23 nov. 2026 à 08:50, Bart <bart@in.example> a écrit :\n" + QUOTE,
    "Danish": "\nDen 23. november 2026 kl. 08.50 skrev Bart <bart@in.example>:\n" + QUOTE,
    "Japanese": "\n2026年11月23日(月) 8:50 Bart <bart@in.example>:\n" + QUOTE,
    "Chinese": "\n在 2026年11月23日 08:50，Bart 写道：\n" + QUOTE,
    "a language that nobody knows": "\n23.11.2026 08:50 Bart <bart@in.example> skribis:\n" + QUOTE,
    "no verb": '\n23.11.2026, 08:50, "Bart" <bart@in.example>:\n\nDoes it work?\n',
    "Outlook": "\nFrom: Bart <bart@in.example>\nSent: Monday, 23 November 2026\nTo: Anne\nSubject: Works?\n\nYes?\n",
    "Outlook, starred": "\n*From:* Bart\n*Sent:* Monday\n*To:* Anne\n*Subject:* Works?\n\nDoes it?\n",
    "Outlook, French": "\nDe : Bart\nEnvoyé : lundi\nÀ : Anne\nObjet : Ça marche ?\n\nÇa marche ?\n",
    "old Outlook": "\n-----Original Message-----\nFrom: Bart\n\nDoes it?\n",
    "old Outlook, German": "\n-----Ursprüngliche Nachricht-----\nVon: Bart\n\nGeht es?\n",
    "our mark": "\n##- Please type your reply above this line -##\n\nDoes it work?\n",
    "signature": "\n-- \nAnne Ash\nAsh & Elm\n",
    "signature, its blank lost": "\n--\nAnne Ash\n",
    "telephone": "\nSent from my iPhone\n",
    "telephone, German": "\nGesendet von meinem iPhone\n",
    "list": "\n_______________________________________________\nUsers mailing list\nUsers@list.example\n",
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
def test_what_stands_below_the_words_is_cut(below: str) -> None:
    assert reply_text(f"{WORDS}\n{below}") == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "Steps:\n- open the page\n- log in\n--\nThen it fails.\n" + "It says no.\n" * 20,
        "Thanks, but it still fails.\nBest regards are not enough.",
        "From: is what I typed into the form.",
        "Sent from my desk, where it is easier than from the phone.",
        "I wrote:\nplease help",
        "The setting is:\n  port 25\n  host mx.example:",
        "On Monday at 10:00 nothing worked.\nToday it does.",
    ],
)
def test_words_that_only_look_like_history_stay(text: str) -> None:
    assert reply_text(text) == text.strip()


def test_answers_between_quotes_all_stay() -> None:
    message = parse(from_corpus("answers_between_the_quotes"))

    assert message.own_text.split() == ["Thunderbird.", "Since", "Monday."]
    assert message.reply_text.split("\n") == [
        "> Which program do you use?",
        "Thunderbird.",
        "",
        "> Since when?",
        "Since Monday.",
    ]


def test_a_header_block_without_marks_is_cut_with_its_rule() -> None:
    assert parse(from_corpus("outlook_header_block_without_marks")).reply_text == "Danke, ist bezahlt."


def test_what_is_forwarded_stays() -> None:
    text = "Please see below.\n\n---------- Forwarded message ---------\nFrom: Cris\nDate: x\nSubject: y\n\n> Words"

    assert reply_text(text) == text


@pytest.mark.parametrize("text", ["> all\n> quoted", "-- \nAnne", "On Mon, 1 May 2026, Bart wrote:\n> hello"])
def test_where_nothing_would_remain_nothing_is_cut(text: str) -> None:
    assert own_text(text) == ""
    assert reply_text(text) == text


def test_the_end_of_a_very_long_text_is_not_lost() -> None:
    text = "a line of words\n" * 10_000 + "the end"

    assert reply_text(text) == text


@given(st.text(alphabet="On wrote:>-_\nFrom: Sent@x.y1", max_size=400))
def test_cutting_never_raises_and_adds_nothing(text: str) -> None:
    written = [line.strip() for line in text.split("\n")]

    assert all(line.strip() in written for line in reply_text(text).split("\n"))
