"""The operator's own words: found before ours in a running gate, and never the reason that a mail does not leave."""

import logging
from pathlib import Path

import pytest

from mailgate.letters.kind import Template
from tests.gate import BeginGate, Person


def put(directory: Path, file: str, text: str) -> None:
    (directory / file).parent.mkdir(parents=True, exist_ok=True)
    (directory / file).write_text(text, "utf-8")


def test_a_customer_reads_the_operators_words(begin: BeginGate, anne: Person, tmp_path: Path) -> None:
    put(tmp_path, "mail/en/acknowledgement.md", "Subject: Got it\n\nThanks, {{ company }} looks at {{ number }}.\n")
    put(tmp_path, "mail/base.html", "<html><body class=ours>{{ body }}</body></html>")
    gate = begin(templates={"directory": tmp_path}, gate={"company": "Anvil"})
    gate.customer("Anne Miller", anne.address)

    gate.deliver(anne.writes("It is broken."))

    (mail,) = gate.mailbox(anne)
    html = mail.message.get_body(("html",))
    assert (mail.subject, mail.text.strip()) == ("Got it", "Thanks, Anvil looks at 1.")
    assert html is not None
    assert "class=ours" in html.get_content()


@pytest.mark.parametrize("words", ["Subject: x\n\n{% if %}\n", "Subject: x\n\n{{ 1 // 0 }}\n", "no header", "\xff"])
def test_a_broken_file_is_logged_and_the_shipped_words_leave(
    begin: BeginGate, anne: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture, words: str
) -> None:
    (tmp_path / "mail" / "en").mkdir(parents=True)
    (tmp_path / "mail" / "en" / "acknowledgement.md").write_bytes(words.encode("latin-1"))
    gate = begin(templates={"directory": tmp_path})
    gate.customer("Anne Miller", anne.address)

    with caplog.at_level(logging.WARNING):
        gate.deliver(anne.writes("It is broken."))

    (mail,) = gate.mailbox(anne)
    assert mail.subject == "Re: No mail since Monday [#1]"
    (sent,) = gate.outbox(Template.ACKNOWLEDGEMENT)
    assert [text for text in caplog.messages if text.startswith(f"template problem outbox={sent.id} ")]
