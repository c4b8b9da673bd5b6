"""History is known by the text that it repeats, whatever the writer's program made of it."""

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.parse import parse
from mailgate.mail.words.alignment import repeated_lines
from tests.mail.mails import own_text, reply_text

PARENT = """\
Hello Anne,

the disk of web3 was full, so no mail could be stored there. I have made room, see https://status.example/web3 for more.

Which version of Thunderbird do you use?
Do the mails arrive in the web mail as well?

Kind regards
Bart

-- 
Bart Jones, Example Hosting

To answer, just reply to this mail."""  # noqa: W291

HEADER = """\
From: Example Hosting <support+k3v9@support.example>
Sent: Monday, 2 March 2026 10:00
To: Anne Miller <anne@customer.example>
Subject: Re: No mail since Monday [#1]
"""
ATTRIBUTION = "On Mon, 2 Mar 2026 at 10:00, Example Hosting <support@support.example> wrote:"


def _wrapped(text: str, width: int, mark: str = "") -> str:
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, width) or [""]]
    return "\n".join(mark + line for line in lines)


def _marked(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _inline(quoted: str) -> str:
    """The quotation with an answer below each of the two questions."""
    return quoted.replace("do you use?\n", "do you use?\nVersion 128.\n").replace("as well?\n", "as well?\n\nNo.\n")


TOP = {
    "re-wrapped, each line marked": f"Works.\n\n{ATTRIBUTION}\n{_wrapped(PARENT, 40, '> ')}",
    "marked, then wrapped again": f"Works.\n\n{ATTRIBUTION}\n{_wrapped(_marked(PARENT), 50)}",
    "Outlook: a header, no marks": f"Works.\n\n{HEADER}\n{PARENT}",
    "a header in a language that we do not read": f"Works.\n\nNapisao: Bart\nPoslato: juče\n\n{PARENT}",
    "nothing above the history": f"Works.\n\n{PARENT}",
    "nothing above, and wrapped": f"Works.\n\n{_wrapped(PARENT, 30)}",
    "links rewritten by a filter": "Works.\n\n"
    + PARENT.replace("https://status.example/web3", "https://safe.example/?url=https%3A%2F%2Fstatus.example&data=7"),
    "links twice": f"Works.\n\n{PARENT.replace('/web3', '/web3<https://status.example/web3>')}",
    "only the beginning is quoted": f"Works.\n\n{PARENT.partition('Kind regards')[0]}",
    "signature above the history": f"Works.\n\n-- \nAnne Miller\nMiller Ltd\n\n{ATTRIBUTION}\n\n{PARENT}",
}


@pytest.mark.parametrize("name", TOP)
def test_of_an_answer_above_the_history_the_answer_stays(name: str) -> None:
    assert reply_text(TOP[name], PARENT).splitlines()[0] == "Works."
    assert not {"disk", "Thunderbird", "Hosting", "just"} & set(reply_text(TOP[name], PARENT).split())


INLINE = {
    "marked": f"{ATTRIBUTION}\n\n{_inline(_marked(PARENT))}",
    "Outlook: a header, no marks": f"See below.\n\n{HEADER}\n{_inline(PARENT)}",
    "German Outlook": "See below.\n\n-----Ursprüngliche Nachricht-----\nVon: Bart\n"
    f"Gesendet: Montag, 2. März 2026 10:00\nAn: Anne\nBetreff: AW: No mail\n\n{_inline(PARENT)}",
    "an attribution, no marks": f"See below.\n\n{ATTRIBUTION}\n\n{_inline(PARENT)}",
    "nothing above, and wrapped": _inline(_wrapped(PARENT, 60)),
}


@pytest.mark.parametrize("name", INLINE)
def test_answers_between_the_lines_of_history_stay(name: str) -> None:
    answer = reply_text(INLINE[name], PARENT).removeprefix("See below.")

    assert answer.split() == ["Version", "128.", "No."]


@pytest.mark.parametrize("answer", ["👍", "?", "https://other.example/x", "anne@other.example", "是", "1"])
def test_the_shortest_answer_between_the_lines_stays(answer: str) -> None:
    text = PARENT.replace("do you use?\n", f"do you use?\n{answer}\n")

    assert reply_text(f"{HEADER}\n{text}", PARENT) == answer


HTML = {
    "Outlook": "<div>Works.</div><div id=divRplyFwdMsg><b>Od:</b> Bart<br><b>Wysłano:</b> 2 marca</div><div>{}</div>",
    "no marks at all": "<p>Works.</p><p>{}</p>",
    "a quotation": "<p>Works.</p><blockquote>{}</blockquote>",
}


@pytest.mark.parametrize("name", HTML)
def test_history_in_html_alone_is_known_too(name: str) -> None:
    head = b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    message = parse(head + HTML[name].format(PARENT.replace("\n", "<br>")).encode())

    assert reply_text(message.marked_text, PARENT) == "Works."


def test_inline_answers_in_html_alone_stay_below_what_outlook_calls_history() -> None:
    head = b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    message = parse(head + HTML["Outlook"].format(_inline(PARENT).replace("\n", "<br>")).encode())

    assert message.reply_text == "Works."
    assert reply_text(message.marked_text, PARENT).split() == ["Works.", "Version", "128.", "No."]


def test_text_without_blanks_is_known_however_it_is_wrapped() -> None:
    parent = "ディスクがいっぱいだったため、メールを保存できませんでした。空き容量を増やしました。"
    quoted = "\n".join(parent[at : at + 13] for at in range(0, len(parent), 13))

    assert reply_text(f"直りました。\n\n{quoted}", parent) == "直りました。"


@pytest.mark.parametrize(
    "own",
    [
        "Do the mails arrive in the web mail as well?",  # one sentence, said once more
        "Hello Anne,",
        "Kind regards\nBart",
        "I do not know which version of Thunderbird I use, and the disk of web3 was full, I read.",
    ],
)
def test_a_few_words_of_the_parent_in_somebody_s_own_are_his(own: str) -> None:
    text = f"{own}\n\n{ATTRIBUTION}\n\n{PARENT}"

    assert reply_text(text, PARENT) == own


def test_a_line_inside_the_footer_that_a_program_changed_is_no_answer() -> None:
    changed = PARENT.replace("Example Hosting\n", "Example Hosting\nhas left the building\n")

    assert reply_text(f"Works.\n\n{HEADER}\n{changed}", PARENT) == "Works."


def test_another_mail_with_the_same_greeting_opens_no_history() -> None:
    other = "Hello Anne,\n\nthe disk of web3 was full, so no mail came.\n\nSecret of somebody else."

    assert reply_text(f"Works.\n\n{HEADER}\n{other}", PARENT) == "Works."


def test_where_nothing_but_history_would_remain_nothing_is_cut() -> None:
    assert own_text(PARENT, PARENT) == ""
    assert reply_text(PARENT, PARENT) == PARENT


@pytest.mark.parametrize("parent", ["", "-- ", "\n-- \n", "Done.", "?"])
def test_a_parent_without_words_hides_nothing(parent: str) -> None:
    assert reply_text("Done.\n\nThanks?", parent) == "Done.\n\nThanks?"


WORDS = st.lists(st.sampled_from(["a", "b", "c", "\n", "> a", "-- ", "\n-- \n", "x@y.example", "?", "http://a/"]))


@given(WORDS, WORDS)
def test_aligning_never_raises_and_adds_nothing(text: list[str], parent: list[str]) -> None:
    written = " ".join(text)

    own = reply_text(written, " ".join(parent))

    assert {line.strip() for line in own.split("\n")} <= {line.strip() for line in written.split("\n")} | {""}


@given(st.lists(st.text("klmnop \n", max_size=30)), st.text("abcdef \n"))
def test_a_parent_that_shares_no_word_changes_nothing(lines: list[str], parent: str) -> None:
    text = "\n".join(lines)

    assert reply_text(text, parent) == reply_text(text)


@pytest.mark.parametrize("unit", ["a ", "a b ", "a b c d e f g h ", "a\n", "a@b.example ", "<", "ディ"])
def test_it_takes_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()

    repeated_lines(text, text[::-1])
    repeated_lines(text, text)

    assert time.process_time() - start < 3
