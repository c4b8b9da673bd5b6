"""A gate with two smarthosts, of which one or the other is away, and recipients' domains that put mail off."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from mailgate.config import HostPort, Tls
from mailgate.config.settings import FallbackSmarthost
from mailgate.letters.kind import Template
from mailgate.outbound.pool import Pool
from mailgate.wiring.servers import smarthosts_of
from store.engine import reading
from store.post import smarthosts
from store.post.outbox import Outgoing, OutState
from tests.gate import BeginGate, Gate, Person
from tests.outbound.sink import HOST, Sink, running
from tests.servers.process import free_port

CLOSING = "421 4.3.2 Shutting down"
LATER = "451 4.7.1 Too many mails, try again later"


@dataclass
class World:
    """A gate whose mail leaves by `first`, and else by `second`."""

    gate: Gate
    second: Sink
    anne: Person

    @property
    def first(self) -> Sink:
        return self.gate.sink

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.first.messages), len(self.second.messages)

    def write(self, subject: str = "Fault") -> Outgoing:
        """Anne writes; returns her acknowledgement."""
        self.gate.deliver(self.anne.writes("It is broken.", subject=subject))
        return self.gate.outbox(Template.ACKNOWLEDGEMENT)[-1]

    def away(self) -> list[str]:
        with reading(self.gate.parts.engine) as conn:
            return [one.address for one in smarthosts.listing(conn)]


@pytest.fixture
def second() -> Iterator[Sink]:
    with running(Sink()) as server:
        yield server


@pytest.fixture
def world(begin: BeginGate, second: Sink) -> Iterator[World]:
    gate = begin()
    with ExitStack() as closing:
        lead(gate, second.port, closing)
        yield World(gate, second, gate.customer("Anne Miller", "anne@customer.example"))


def lead(gate: Gate, port: int, closing: ExitStack, *, first_port: int | None = None) -> None:
    """The mail of the gate leaves by its sink, or a server on another port, and else by a server on this one."""
    settings = gate.parts.settings
    first = settings.smarthost
    if first_port is not None:
        first = replace(first, address=HostPort(HOST, first_port))
    fallback = FallbackSmarthost(HostPort(HOST, port), tls=Tls.NONE)
    settings = replace(settings, smarthost=first, fallback_smarthost=(fallback,))
    pools = tuple(map(Pool, smarthosts_of(settings)))
    for pool in pools:
        closing.callback(pool.close)
    gate.parts = replace(gate.parts, settings=settings, smarthosts=pools)


def test_the_first_takes_all_while_it_is_there(world: World) -> None:
    for number in range(3):
        world.write(f"Fault {number}")

    assert world.counts == (3, 0)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_one_that_hangs_up_loses_the_mail_to_the_next_in_the_same_attempt(world: World, verb: str) -> None:
    world.first.replies[verb] = [CLOSING]

    sent = world.write()

    assert (sent.state, sent.attempts, world.counts) == (OutState.SENT, 1, (0, 1))


def test_one_that_is_not_there_at_all_is_not_waited_for(begin: BeginGate, second: Sink) -> None:
    gate = begin()
    with ExitStack() as closing:
        lead(gate, second.port, closing, first_port=free_port())
        world = World(gate, second, gate.customer("Anne Miller", "anne@customer.example"))

        sent = world.write()

    assert (sent.state, sent.attempts, len(second.messages)) == (OutState.SENT, 1, 1)


def test_while_the_first_rests_it_is_not_asked_and_then_it_takes_over(world: World) -> None:
    world.first.replies["MAIL"] = [CLOSING]
    world.write("Fault 1")
    asked = world.first.verbs.count("MAIL")
    resting = world.away()

    world.write("Fault 2")
    not_asked = world.first.verbs.count("MAIL")
    world.gate.now += timedelta(minutes=1)
    world.write("Fault 3")

    assert (asked, not_asked) == (1, 1)
    assert resting == [f"{HOST}:{world.first.port}"]
    assert world.counts == (1, 2)
    assert world.away() == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
@pytest.mark.parametrize(("reply", "state"), [("450 4.2.0 later", OutState.QUEUED), ("550 5.7.1 no", OutState.FAILED)])
def test_what_one_says_of_a_mail_no_other_is_asked(world: World, verb: str, reply: str, state: OutState) -> None:
    world.first.replies[verb] = [reply]

    mail = world.write()

    assert (mail.state, mail.last_reply, world.counts) == (state, reply, (0, 0))


def test_what_may_have_been_taken_is_not_given_to_another_at_once(world: World) -> None:
    world.first.closes_after_dot = True

    mail = world.write()

    assert (mail.state, world.counts) == (OutState.IN_DOUBT, (1, 0))


def test_with_all_away_the_mail_waits_and_nobody_is_asked_twice(world: World) -> None:
    world.first.replies["MAIL"] = [CLOSING]
    world.second.replies["MAIL"] = [CLOSING]

    waiting = world.write("Fault 1")
    another = world.write("Fault 2")
    world.gate.later(minutes=2)

    assert (waiting.state, waiting.attempts, waiting.last_reply) == (OutState.QUEUED, 1, CLOSING)
    assert (another.state, another.attempts) == (OutState.QUEUED, 0)
    assert [row.state for row in world.gate.outbox(Template.ACKNOWLEDGEMENT)] == [OutState.SENT] * 2


def test_a_domain_that_puts_mails_off_is_left_in_peace_without_costing_the_others_an_attempt(
    begin: BeginGate,
) -> None:
    gate = begin(smarthost={"domain_pause_seconds": 600})
    people = [gate.customer(name, f"{name.lower()}@customer.example") for name in ("Anne", "Karl", "Lena", "Ina")]
    gate.sink.replies["RCPT"] = [LATER] * 3
    for person in people:
        gate.deliver(person.writes("It is broken."))

    *put_off, waiting = gate.outbox(Template.ACKNOWLEDGEMENT)
    then = gate.now
    gate.later(minutes=9)
    gate.later(minutes=1)

    assert [row.attempts for row in put_off] == [1, 1, 1]
    assert (waiting.state, waiting.attempts, waiting.due_at) == (OutState.QUEUED, 0, then + timedelta(minutes=10))
    assert [row.state for row in gate.outbox(Template.ACKNOWLEDGEMENT)] == [OutState.SENT] * 4


def test_staff_elsewhere_hear_of_it_meanwhile(gate: Gate, anne: Person, bart: Person) -> None:
    for number in range(4):
        gate.sink.replies["RCPT"] = ["250 OK", LATER]
        gate.deliver(anne.writes("It is broken.", subject=f"Fault {number}"))

    assert len(gate.mailbox(bart)) == 4
