"""The acknowledgement names the article that answers the mail, to whom that is safe and when it is plain."""

from pathlib import Path

import pytest

from mailgate.config import UnknownSender, Verify
from mailgate.letters.kind import Template
from tests.gate import BeginGate, Gate, Person
from tests.knowledge.shelf import fill

QUESTION = "Hello,\n\nsenders get “mailbox full, quota exceeded” back when they write to me.\n\nAnne"
URL = "http://127.0.0.1:8025/kb/full-mailbox"


@pytest.fixture
def gate(begin: BeginGate, tmp_path: Path) -> Gate:
    """A gate with a knowledge base."""
    return begin(knowledge_base={"folder": fill(tmp_path / "kb")})


def test_the_article_that_answers_is_named_with_a_way_to_say_so(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes(QUESTION, subject="Mailbox full"))

    mail = gate.mailbox(anne)[-1]
    assert "What to do when a mailbox is full" in mail.text
    assert URL in mail.text
    assert "reply with !close" in mail.text
    assert str(mail.message["Reply-To"]) not in mail.text  # a reply goes there
    assert URL in mail.message.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_nothing_is_named_when_something_else_is_asked(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("Can we meet on Thursday?", subject="Meeting"))

    assert "/kb/" not in gate.mailbox(anne)[-1].text


def test_a_mail_with_a_fixed_subject_names_nothing(begin: BeginGate, tmp_path: Path) -> None:
    gate = begin(
        knowledge_base={"folder": fill(tmp_path / "kb")},
        authentication={"verify": Verify.TRUSTED_HEADER, "trusted_authserv_ids": ("mx.support.example",)},
    )
    anne = gate.customer("Anne Miller", "anne@customer.example")

    gate.deliver(anne.writes(QUESTION, subject="Mailbox full"))

    [told] = gate.outbox(Template.ACKNOWLEDGEMENT)
    assert told.notice.values["fixed_subject"]
    assert "/kb/" not in gate.mailbox(anne)[-1].text


def test_a_stranger_is_told_of_none(begin: BeginGate, tmp_path: Path, cris: Person) -> None:
    gate = begin(knowledge_base={"folder": fill(tmp_path / "kb")}, desk_rules={"unknown_sender": UnknownSender.OPEN})

    gate.deliver(cris.writes(QUESTION, subject="Mailbox full"))

    assert gate.outbox(Template.ACKNOWLEDGEMENT)
    assert "/kb/" not in gate.mailbox(cris)[-1].text


def test_a_further_mail_is_not_answered_with_an_article(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("Can we meet on Thursday?", subject="Meeting"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], QUESTION))

    assert not [mail for mail in gate.mailbox(anne) if "/kb/" in mail.text]
