"""The story of a first ticket: each hop is told as it is seen, and where it ends it says why and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailgate.mail.envelope import Door
from mailgate.setup.finding import Finding, Status
from mailgate.setup.site import Site
from mailgate.setup.story import SUBJECT, Story
from tests.gate import SUPPORT, BeginGate, Gate, Person
from tests.verifying import verifying
from tests.zone import Zone

Turn = Callable[[], object]


@dataclass
class Stage:
    """A gate, and people who do something when a hop is told."""

    gate: Gate
    directory: Path

    def play(
        self, turns: Sequence[tuple[str, Turn]] = (), *, by_hand: bool = False, seconds: float = 0.2
    ) -> list[Finding]:
        """All hops; each turn is taken when a hop says its words, in their order. The wait for a hop is short."""
        told, waiting = [], list(turns)
        site = Site(self.directory / "config.toml", self.gate.parts.settings)
        for hop in Story(site, "anne@customer.example", by_hand, seconds, seconds).hops():
            told.append(hop)
            if waiting and waiting[0][0] in hop.detail:
                waiting.pop(0)[1]()
        assert waiting == [], told
        return told

    def brings(self) -> None:
        """The smarthost's mail comes in as the world brings it."""
        raw = self.gate.sink.messages[-1]
        self.gate.deliver(b"Received: from a by mx.support.example\r\n" + raw, to=SUPPORT, door=Door.LMTP)

    def answers(self, bart: Person, text: str) -> None:
        """Staff answer the last mail that they got."""
        self.gate.deliver(bart.replies(self.gate.mailbox(bart)[-1], text), door=Door.LMTP)


@pytest.fixture
def stage(tmp_path: Path, gate: Gate, anne: Person, bart: Person) -> Stage:
    return Stage(gate, tmp_path)


def test_the_first_ticket_is_followed_to_the_answer(stage: Stage, anne: Person, bart: Person) -> None:
    told = stage.play([("took a mail", stage.brings), ("now answer", lambda: stage.answers(bart, "It does."))])

    assert [hop.status for hop in told] == [Status.OK] * 8
    words = [hop.detail for hop in told]
    assert words[0].startswith(f"the smarthost took a mail from {anne.address} to {SUPPORT}: 250")
    assert words[1] == "it came in by lmtp, past one mail server, as mail 1"
    assert words[2].startswith("it is ticket #1 (evidence ")
    assert words[3].startswith(f"the acknowledgement left for {anne.address}: 250")
    assert words[4].startswith(f"the mail to staff left for {bart.address}: 250")
    assert words[6].startswith(f"the answer left for {anne.address}: 250")
    assert "answered your first ticket" in words[7]
    assert stage.gate.ticket(1).subject == SUBJECT


def test_a_mail_written_by_hand_is_followed_as_well(stage: Stage, anne: Person, bart: Person) -> None:
    turns = [
        ("write to support@", lambda: stage.gate.deliver(anne.writes("Hello?"))),
        ("now answer", lambda: stage.answers(bart, "Yes.")),
    ]

    told = stage.play(turns, by_hand=True)

    assert told[-1].status is Status.OK
    assert not any(SUBJECT.encode() in raw for raw in stage.gate.sink.messages)


def test_an_answer_that_is_asked_back_is_told_and_then_goes_on(
    begin: BeginGate, tmp_path: Path, anne: Person, bart: Person
) -> None:
    gate = verifying(begin, Zone())
    stage = Stage(gate, tmp_path)
    turns = [
        ("took a mail", stage.brings),
        ("now answer", lambda: stage.answers(bart, "It does.")),
        ("its writer is asked by mail", lambda: stage.answers(bart, "yes")),
    ]

    told = stage.play(turns)

    assert [hop.status for hop in told if hop.status is not Status.OK] == [Status.WARN]
    assert "answered your first ticket" in told[-1].detail


def test_a_command_that_is_not_understood_is_told_and_waited_past(stage: Stage, bart: Person) -> None:
    turns = [
        ("took a mail", stage.brings),
        ("now answer", lambda: stage.answers(bart, "!clsoe")),
        ("brought no answer", lambda: stage.answers(bart, "It does.")),
    ]

    assert "answered your first ticket" in stage.play(turns)[-1].detail


@pytest.mark.parametrize("turns", [0, 1])
def test_what_does_not_come_ends_the_story_with_what_to_look_at(stage: Stage, turns: int) -> None:
    told = stage.play([("took a mail", stage.brings)][:turns])

    assert told[-1].status is Status.FAIL
    assert ("nobody has answered" if turns else "has come in") in told[-1].detail
    assert told[-1].fix


def test_a_held_mail_of_the_customer_ends_it_with_the_reason(
    begin: BeginGate, tmp_path: Path, anne: Person, bart: Person
) -> None:
    gate = verifying(begin, Zone({"_dmarc.customer.example": "v=DMARC1; p=reject"}))
    stage = Stage(gate, tmp_path)

    told = stage.play([("took a mail", stage.brings)])

    assert told[-1].status is Status.FAIL
    assert "it is held (evidence N): " in told[-1].detail
    assert "DMARC" in told[-1].detail


def test_a_smarthost_that_refuses_the_customer_s_name_leaves_it_to_be_written_by_hand(stage: Stage) -> None:
    stage.gate.sink.replies["MAIL"] = ["553 5.7.1 sender address not owned"]

    [told] = stage.play()

    assert told.status is Status.FAIL
    assert "not owned" in told.detail
    assert "--by-hand" in told.fix


def test_whoever_is_no_customer_has_no_story(gate: Gate, tmp_path: Path, bart: Person) -> None:
    [told] = Stage(gate, tmp_path).play()

    assert told.status is Status.FAIL
    assert 'customer add "Test Customer" anne@customer.example' in told.fix
    assert gate.sink.messages == []
