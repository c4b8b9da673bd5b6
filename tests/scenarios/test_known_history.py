"""An answer is read beside the mail that it answers: history goes without any mark, answers between its lines stay."""

from textwrap import wrap

import pytest

from tests.gate import Gate, Person, Received

ANSWER = """\
Hello Anne,

the disk of web3 was full, so no mail could be stored there.

Which version of Thunderbird do you use?
Do the mails arrive in the web mail as well?

Bart"""


@pytest.fixture
def answered(gate: Gate, anne: Person, bart: Person) -> Received:
    """Bart's answer, as Anne got it."""
    gate.deliver(anne.writes("Since Monday no mail has come in here, and two customers tell that theirs came back."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], ANSWER))
    return gate.mailbox(anne)[-1]


def _named(parent: Received) -> dict[str, str]:
    return {"In-Reply-To": str(parent.message["Message-ID"])}


def _below(parent: Received) -> str:
    """Answers below the questions of a mail, and the header that Outlook writes above it, no line of it marked."""
    head = f"From: Example Hosting\nSent: Monday, 2 March 2026 10:00\nTo: Anne Miller\nSubject: {parent.subject}\n\n"
    text = _lines(parent).replace("do you use?\n", "do you use?\nVersion 128.\n")
    return f"See below.\n\n{head}{text}".replace("as well?\n", "as well?\nNo.\n")


def _lines(parent: Received) -> str:
    return parent.text.replace("\r\n", "\n")


def test_a_customer_s_answers_between_unmarked_lines_keep_their_questions(
    gate: Gate, anne: Person, bart: Person, answered: Received
) -> None:
    gate.deliver(anne.writes(_below(answered), to=str(answered.message["Reply-To"]), headers=_named(answered)))

    entry = gate.history(1)[-1]
    assert entry.text.split("\n")[-4:] == [
        "> Which version of Thunderbird do you use?",
        "Version 128.",
        "> Do the mails arrive in the web mail as well?",
        "No.",
    ]
    assert "From: Example Hosting" in (entry.cut_away or "")
    assert "To answer, just reply" in (entry.cut_away or "")
    assert "> Which version of Thunderbird" in gate.mailbox(bart)[-1].text


def test_the_parent_is_found_without_a_reference(gate: Gate, anne: Person, bart: Person, answered: Received) -> None:
    gate.deliver(anne.writes(f"Version 128.\n\n{answered.text}", to=str(answered.message["Reply-To"])))

    assert gate.history(1)[-1].text == "Version 128."


def test_of_html_alone_what_the_parent_says_is_known(
    gate: Gate, anne: Person, bart: Person, answered: Received
) -> None:
    html = f"<p>Version 128.</p><div>{answered.text.replace(chr(10), '<br>')}</div>"

    gate.deliver(anne.writes("", html=html, to=str(answered.message["Reply-To"]), headers=_named(answered)))

    assert gate.history(1)[-1].text == "Version 128."


def test_staff_s_answers_between_unmarked_lines_are_sent_with_their_questions_and_no_more(
    gate: Gate, anne: Person, bart: Person
) -> None:
    words = "How much is the larger disk with one hundred gigabytes a month?\nCan I have it before Friday of this week?"
    gate.deliver(anne.writes(words))
    told = gate.mailbox(bart)[0]
    head = f"Von: Example Hosting\nGesendet: Montag, 2. März 2026 10:00\nAn: Bart Jones\nBetreff: {told.subject}\n\n"
    text = _lines(told).replace("a month?\n", "a month?\nFive euros.\n").replace("this week?\n", "this week?\nYes.\n")

    gate.deliver(bart.writes(f"Hello Anne,\n\n{head}{text}", to=str(told.message["Reply-To"]), headers=_named(told)))

    sent = _lines(gate.mailbox(anne)[-1])
    assert [line for line in sent.split("\n") if line][1:5] == [
        "> How much is the larger disk with one hundred gigabytes a month?",
        "Five euros.",
        "> Can I have it before Friday of this week?",
        "Yes.",
    ]
    assert "nobody has it" not in sent
    assert "nobody has it" in (gate.history(1)[-1].cut_away or "")


@pytest.mark.parametrize("width", [400, 72, 40])
def test_of_a_whole_notification_above_an_answer_the_customer_reads_her_own_words_alone(
    gate: Gate, anne: Person, bart: Person, width: int
) -> None:
    gate.deliver(anne.writes("How much is the larger disk with one hundred gigabytes a month, please?"))
    told = gate.mailbox(bart)[0]
    quoted = "\n".join(f"> {part}" for line in _lines(told).split("\n") for part in wrap(line, width) or [""])
    lead_in = f"On Mon, 2 Mar 2026 at 10:00, Anne Miller (via support) <{told.message['Reply-To']}> wrote:"
    text = f"Hello Anne,\n\n{lead_in}\n\n{quoted}\n\nFive euros."

    gate.deliver(bart.writes(text, to=str(told.message["Reply-To"]), subject=told.subject, headers=_named(told)))

    said = " ".join(gate.history(1)[-1].text.replace(">", "").split())
    assert said == "Hello Anne, How much is the larger disk with one hundred gigabytes a month, please? Five euros."


def test_a_staff_mail_that_is_all_history_is_no_answer(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    told = gate.mailbox(bart)[0]

    returned = gate.deliver(bart.writes(told.text, to=str(told.message["Reply-To"]), headers=_named(told)))

    assert returned.outcome.reason == "returned to its writer: There are no words of yours in it."
    assert len(gate.mailbox(anne)) == 1


def test_a_command_in_the_subject_counts_above_unmarked_history(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    told = gate.mailbox(bart)[0]

    done = gate.deliver(
        bart.writes(told.text, subject="!close", to=str(told.message["Reply-To"]), headers=_named(told))
    )

    assert done.outcome.reason == "!close"


def test_words_that_went_back_to_their_writer_are_his_when_he_sends_them_again(
    gate: Gate, anne: Person, bart: Person
) -> None:
    words = "Please restart the mail program, then try once more to send the mail to him."
    gate.deliver(anne.writes("It is broken."))
    told = gate.mailbox(bart)[0]
    gate.deliver(bart.writes(f"!nonsense\n{words}", to=str(told.message["Reply-To"])))
    back = gate.mailbox(bart)[-1]

    gate.deliver(bart.writes(words, to=str(back.message["Reply-To"]), headers=_named(back)))

    assert "then try once more" in gate.mailbox(anne)[-1].text
    assert gate.history(1)[-1].text == words


def test_a_signature_is_cut_away_and_kept(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken.\n\n-- \nAnne Miller\nMiller Ltd"))

    entry = gate.history(1)[-1]
    assert (entry.text, entry.cut_away) == ("It is broken.", "-- \nAnne Miller\nMiller Ltd")
