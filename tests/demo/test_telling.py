"""The mails of the story in the terminal: who to whom, about what, and what is new in it; without it, steps alone."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailgate.cli.main import mailgate
from mailgate.cli.output import EX_USAGE
from mailgate.cli.web import web_view
from mailgate.demo import letter
from mailgate.demo.company import ANN
from mailgate.demo.script import play_story
from mailgate.demo.telling import told


def test_a_mail_is_told_with_its_head_and_text_and_its_quotation_in_one_line() -> None:
    text = "Thank you!\n\nOn Monday Bob wrote:\n> Hello Ann,\n>\n> it works.\n\n> really?\nYes.\n"

    lines = told(letter.new(ANN, "support@support.example", "No mail", text)).splitlines()

    assert [line.strip() for line in lines] == [
        "",
        "From: Ann Miller <ann@example.org>",
        "To: support@support.example",
        "Subject: No mail",
        "",
        "Thank you!",
        "",
        "On Monday Bob wrote:",
        "> … (3 quoted lines)",
        "",
        "> really?",
        "Yes.",
    ]


@pytest.mark.parametrize("tells_mails", [False, True])
def test_the_story_is_told_with_every_mail_that_was_written_or_arrived_or_with_none(
    tmp_path: Path, tells_mails: bool
) -> None:
    said: list[str] = []

    asyncio.run(play_story(tmp_path, web_view, said.append, tells_mails=tells_mails))

    mails = [text for text in said if "From: " in text]
    arrived = list(tmp_path.glob("mailboxes/*/*.eml"))
    written = [text for text in mails if "\n       To: support" in text or "\n       To: sign-in@" in text]
    steps = [text for text in said if text not in mails]
    assert len(steps) > 25
    assert [int(text.split()[0]) for text in steps] == list(range(1, len(steps) + 1))
    assert len(mails) - len(written) == (len(arrived) if tells_mails else 0)
    assert len(written) == (7 if tells_mails else 0)
    assert any("the disk was full; it works again" in text for text in mails) == tells_mails


def test_mails_are_told_of_the_story_alone() -> None:
    result = CliRunner().invoke(mailgate, ["demo", "--tell"])

    assert result.exit_code == EX_USAGE
    assert "mailgate demo --script --tell" in result.output
