"""Which quotations stay with the answers below them, what is no quotation at all, and what is told of the rest."""

from dataclasses import replace

import pytest

from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.mail.words.head import Answers, Head
from mailgate.mail.words.reply_text import Reply, read_reply
from tests.mail.mails import written

LEAD_IN = "On Wed, 4 Jun 2025 at 09:41, Bart Jones <bart+t0k3n@in.example> wrote:"
PARENT = """\
Hello Anne,

web3 is full. May we move the backup to Thursday night?
Which of the two folders do you still need?

Bart

-- 
Bart Jones, Example Hosting
To answer, just reply to this mail."""  # noqa: W291
QUOTED = "\n".join(f"> {line}".rstrip() for line in PARENT.split("\n"))


def _read(text: str, parent: str | None = None) -> Reply:
    return read_reply(text, Head(Answers.YES, name="anne ash"), parent)


def _html(source: str, subject: str, *fields: str) -> Message:
    return parse(written(f"Subject: {subject}", "Content-Type: text/html; charset=utf-8", *fields, body=source))


@pytest.mark.parametrize("parent", [None, PARENT], ids=["parent unknown", "parent known"])
def test_answers_between_the_lines_keep_their_questions(parent: str | None) -> None:
    quoted = QUOTED.replace("night?\n", "night?\nYes.\n").replace("need?\n", "need?\nThe first.\n")

    reply = _read(f"Hello Bart,\n\n{LEAD_IN}\n\n{quoted}", parent)

    assert reply.own.split() == ["Hello", "Bart,", "Yes.", "The", "first."]
    assert reply.words.split("\n")[-4:] == [
        "> web3 is full. May we move the backup to Thursday night?",
        "Yes.",
        "> Which of the two folders do you still need?",
        "The first.",
    ]
    assert "t0k3n" not in reply.words  # the line above names an address that is nobody else's


@pytest.mark.parametrize(
    "text", [f"Yes.\n\n{LEAD_IN}\n{QUOTED}", f"{LEAD_IN}\n{QUOTED}\n\nYes."], ids=["above", "below"]
)
def test_a_quotation_above_or_below_all_words_goes(text: str) -> None:
    assert _read(text).words == "Yes."


def test_our_signature_is_no_question() -> None:
    text = f"Yes.\n\n{LEAD_IN}\n{QUOTED}\n\nAnd thank you."

    assert "To answer" not in _read(text, PARENT).words
    assert "> web3 is full" in _read(text, PARENT).words


@pytest.mark.parametrize(
    "text",
    [
        "Type this:\n\n> systemctl restart web3\n\nand tell us what it says.",
        "Type this:\n\n> systemctl restart web3",
        "The log of 4 June 2025, 09:41:\n> no space left on device\nSo it is full.",
        "PS> Get-Service web3\nPS> exit\n\nThat is all.",
        "SQL> select 1;\n\nworks.",
    ],
)
def test_what_is_no_line_of_the_answered_mail_is_no_quotation_for_its_mark(text: str) -> None:
    assert _read(f"{text}\n\n{LEAD_IN}\n{QUOTED}", PARENT).own == text


def test_one_line_of_the_answered_mail_is_a_quotation() -> None:
    reply = _read("> Which of the two folders do\n> you still need?\n\nThe first.", PARENT)

    assert (reply.own, reply.words) == ("The first.", "The first.")


@pytest.mark.parametrize("initials", ["BJ", "b", "АБ"])
def test_lines_are_quoted_with_initials_below_a_line_that_leads_them_in(initials: str) -> None:
    quoted = f"{initials}> May we move the backup?\n\nYes.\n\n{initials}> When?\n{initials}>\n\nOn Friday."

    reply = _read(f"Hello!\n\nWednesday, June 4, 2025, 9:41:07 AM, you wrote:\n\n{quoted}")

    assert reply.own.split() == ["Hello!", "Yes.", "On", "Friday."]
    assert f"{initials}> When?" in reply.words


def test_an_indented_paragraph_is_the_sender_s() -> None:
    source = "<div>Please set:</div><blockquote {}>www A 192.0.2.7</blockquote><div>Anne</div>"

    for style in ("", "style='margin-left:40px;border:none'"):
        assert "www A 192.0.2.7" in _html(source.format(style), "Records").own_text
        assert "www A 192.0.2.7" in _html(source.format(style), "Re: Records", "In-Reply-To: <1@in.example>").own_text


@pytest.mark.parametrize(
    "mark",
    [
        '<blockquote type="cite">{}</blockquote>',
        '<blockquote style="border-left:2px solid #000">{}</blockquote>',
        '<blockquote class="gmail_quote">{}</blockquote>',
        "<blockquote>{}</blockquote>",  # at the very end
        "<div>4.6.2025 9:41, Bart Jones &lt;bart@in.example&gt;:</div><blockquote>{}</blockquote>",
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>Xyz: Bart</p></div>{}',
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p>Xyz: Bart</p></div>{}',
        '<div id="mail-editor-reference-message-container"><p>Xyz: Bart</p>{}</div>',
        '<div class="zmail_extra">Xyz Bart<blockquote>{}</blockquote></div>',
        "<hr><div><b>Xyz:</b> Bart &lt;bart@in.example&gt; <b>Abc:</b> 4.6.2025 9:41 <b>D:</b> Records</div><p>{}</p>",
    ],
)
def test_html_says_what_is_quoted(mark: str) -> None:
    source = f"<p>Yes.</p>{mark.format('May we move it?')}"

    message = _html(source, "Re: Records", "In-Reply-To: <1@in.example>", "To: bart@in.example")

    assert (message.own_text, message.reply_text) == ("Yes.", "Yes.")


def test_what_was_cut_is_kept_and_counted() -> None:
    cut = _read(f"Yes.\n\n-- \nAnne Ash\n\n{LEAD_IN}\n\n> One?\n>\n> Two?").cut

    assert cut.text.split("\n")[:2] == ["-- ", "Anne Ash"]
    assert "> Two?" in cut.text
    assert (cut.quoted, cut.unmarked, cut.signature) == (2, (), ())


def test_lines_that_nothing_marks_and_nobody_knows_are_named() -> None:
    text = f"Yes.\n\n--\nAnne Ash\n\n{LEAD_IN}\n\nA mail that is not the one below.\n\nBart"

    cut = _read(text, PARENT).cut

    assert cut.unmarked == ("A mail that is not the one below.", "Bart")
    assert cut.signature == ("--", "Anne Ash")
    assert cut.unexpected_by("Anne Ash") == cut.unmarked
    assert cut.unexpected_by("Cris Cole") == cut.unmarked + cut.signature


@pytest.mark.parametrize(
    "pasted",
    [
        "From: Shop <win@shop.example>\nTo: anne@ash.example\nSubject: You won\nDate: Tue, 3 Jun 2025 10:00:00 +0200",
        "On Tue, 3 Jun 2025 at 10:00, Shop <win@shop.example> wrote:",
    ],
)
def test_what_has_nothing_to_do_with_our_mail_is_no_history_in_a_customer_s_answer(pasted: str) -> None:
    text = f"I got this:\n\n{pasted}\n\nYou won.\n\nIs it yours?"
    head = Head(Answers.OURS, "backup", "anne@ash.example", "anne ash", ("support@in.example",))

    assert read_reply(text, head, PARENT).words == text
    assert read_reply(text, replace(head, answers=Answers.YES), PARENT).words == "I got this:"


@pytest.mark.parametrize(
    "line",
    [
        "On Wed, 4 Jun 2025 at 09:41, Bart Jones (Hosting) <support@in.example> wrote:",
        "From: Bart <support@in.example>\nSent: 4 June 2025 09:41\nTo: Anne\nSubject: Re: Backup",
        "Xyz: Bart\nAbc: 4 June 2025 09:41\nDef: Anne\nGhi: Backup",
    ],
)
def test_history_that_names_our_desk_or_subject_goes_even_where_its_words_are_not_known(line: str) -> None:
    head = Head(Answers.OURS, "backup", "anne@ash.example", "anne ash", ("support+t0k3n@in.example",))

    assert read_reply(f"Yes.\n\n{line}\n\nSome other words.", head, PARENT).words == "Yes."


def test_where_nothing_would_remain_nothing_is_cut() -> None:
    reply = _read(f"{LEAD_IN}\n{QUOTED}", PARENT)

    assert (reply.own, reply.cut.text) == ("", "")
    assert reply.words.startswith(LEAD_IN)
