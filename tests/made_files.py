"""Mails that bring a file which is made when they are composed, and makers that keep count."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import MadeFile
from store import people
from store.desk import tickets
from store.engine import transaction
from tests.gate import Gate


@dataclass
class Printer:
    """A maker; what is in `mistakes` is raised first, one at a time."""

    mistakes: list[Exception] = field(default_factory=list)
    made: int = 0

    def __call__(self, values: Mapping[str, object]) -> bytes:
        """A page about these values."""
        if self.mistakes:
            raise self.mistakes.pop(0)
        self.made += 1
        return f"%PDF statement {values['number']}".encode()


def with_printer(gate: Gate, printer: Printer) -> None:
    """Give the gate this maker, by the name of `printer`."""
    gate.parts = replace(gate.parts, makers={"printer": printer})


def send_statement(gate: Gate, number: int = 7, *, ticket: int = 1, maker: str = "printer") -> int:
    """Queue a mail to whoever takes part in a ticket, with a file that does not exist yet; returns the row's id."""
    file = MadeFile(f"statement-{number}.pdf", "application/pdf", maker, {"number": number})
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        tickets.lock(conn, (ticket,))
        found = tickets.find(conn, ticket)
        assert found is not None
        sheet = sheet_for(act, found.participants[0], ticket=found)
        writer = people.list_staff(conn)[0]
        values = {"text": "Your statement.", "staff_name": writer.name, "actions": []}
        notify(act, [letter(Template.REPLY, sheet, values, files=[file])], cause=None)
    return act.outgoing[0].outbox_id
