"""The gate between two real mail servers: one in front that hands it mail by LMTP, one behind that sends its mail."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.gate import SUPPORT, Person, Received
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, Row, configured
from tests.servers.postfix import Postfix, StartPostfix
from tests.servers.process import LOOPBACK, wait_until

DOMAIN = SUPPORT.partition("@")[2]
ANNE = Person("Anne Miller", "anne@customer.example")
BART = Person("Bart Jones", "bart@hosting.example")

pytestmark = pytest.mark.server


@dataclass(frozen=True, slots=True)
class World:
    """The mail servers around a gate, and the mailboxes of its people."""

    gate: Program
    front: Postfix
    behind: Postfix
    sink: Sink

    def post(self, writer: Person, mail: bytes) -> None:
        """Somebody's mail server hands a mail to the front."""
        [to] = Received(mail, writer.address, "").message["To"].addresses
        with smtplib.SMTP(self.front.host, self.front.port, timeout=10) as client:
            client.sendmail(writer.address, to.addr_spec, mail)

    def mailbox(self, person: Person) -> list[Received]:
        """What has come to a person, oldest first."""
        arrived = zip(self.sink.messages, self.sink.paths, strict=False)  # one may be coming in at this moment
        return [Received(raw, path or "", person.address) for raw, (path, to) in arrived if to == [person.address]]

    def next_for(self, person: Person, number: int) -> Received:
        """The mail of this number, from 1, that comes to a person; waited for."""
        wait_until(lambda: len(self.mailbox(person)) >= number, what=f"mail {number} for {person.name}")
        return self.mailbox(person)[number - 1]

    def inbox(self, number: int) -> Row:
        """The mail of this number, from 1, that came to the gate; waited for until it is settled."""
        wait_until(
            lambda: [row["disposition"] != "waiting" for row in self._arrived()[:number]] == [True] * number,
            what=f"mail {number} settled",
        )
        return self._arrived()[number - 1]

    def _arrived(self) -> list[Row]:
        return self.gate.rows("inbox", "list")


@pytest.fixture
def world(tmp_path: Path, postfix: StartPostfix) -> Iterator[World]:
    """Two servers and a gate that is not started yet; Anne is its customer and Bart its staff."""
    with running(Sink()) as sink:
        behind = postfix(relayhost=f"{HOST}:{sink.port}")
        gate = configured(tmp_path / "gate", {"smarthost": {"address": behind.address, "tls": "none"}})
        front = postfix(lmtp={DOMAIN: f"{LOOPBACK}:{gate.lmtp_port}"})
        gate.prints("customer", "add", ANNE.name, ANNE.address)
        gate.prints("staff", "add", BART.name, BART.address)
        yield World(gate, front, behind, sink)


def test_a_conversation_passes_through_a_mail_server_in_front_and_one_behind(world: World) -> None:
    with world.gate.serve() as program:
        world.post(ANNE, ANNE.writes("Since Monday every mail comes back."))
        opened = world.inbox(1)
        assert (opened["disposition"], opened["ticket"]) == ("opened", 1)
        assert (opened["door"], opened["reverse_path"]) == ("lmtp", ANNE.address)

        acknowledgement = world.next_for(ANNE, 1)
        assert acknowledgement.subject == "Re: No mail since Monday [#1]"
        assert acknowledgement.reverse_path in {"", "<>"}
        notification = world.next_for(BART, 1)
        assert "Since Monday every mail comes back." in notification.text

        world.post(BART, BART.replies(notification, "The quota was too small. It works again."))
        answer = world.next_for(ANNE, 2)
        assert "The quota was too small. It works again." in answer.text
        assert BART.address not in answer.raw.decode()
        assert world.gate.ask("ticket", "show", "1")["state"] == "answered"

        world.post(ANNE, ANNE.replies(answer, "Yes, thank you!"))
        joined = world.inbox(3)
        assert (joined["disposition"], joined["ticket"]) == ("joined", 1)
        assert "Yes, thank you!" in world.next_for(BART, 2).text

        program.terminate()
        assert program.exit_code() == 0

    entries = world.gate.ask("ticket", "show", "1")["entries"]
    words = ["Since Monday every mail comes back.", "The quota was too small. It works again.", "Yes, thank you!"]
    assert [entry["text"] for entry in entries if entry["kind"] == "message"] == words
    assert all(mail.raw.startswith(b"Received: from ") for mail in (*world.mailbox(ANNE), *world.mailbox(BART)))
    assert {row["state"] for row in world.gate.rows("queue", "list")} == {"sent"}
    assert world.front.queue() == ()
    wait_until(lambda: not world.behind.queue(), what="empty queue of the smarthost")


def test_mail_waits_in_front_while_the_gate_is_down_and_arrives_once(world: World) -> None:
    world.post(ANNE, ANNE.writes("Since Monday every mail comes back."))
    wait_until(lambda: [mail.queue_name for mail in world.front.queue()] == ["deferred"], what="deferred mail")
    [waiting] = world.front.queue()
    assert list(waiting.recipients) == [SUPPORT]
    assert "Connection refused" in waiting.recipients[SUPPORT]

    with world.gate.serve():
        world.front.flush()
        opened = world.inbox(1)
        wait_until(lambda: not world.front.queue(), what="empty queue")
        world.front.flush()
        acknowledgement = world.next_for(ANNE, 1)

    assert (opened["disposition"], opened["ticket"]) == ("opened", 1)
    assert acknowledgement.subject == "Re: No mail since Monday [#1]"
    assert [row["id"] for row in world.gate.rows("inbox", "list")] == [opened["id"]]
    assert [ticket["messages"] for ticket in world.gate.rows("ticket", "list")] == [1]
