"""From nothing to the first answer: README's commands are given as they stand, and then people write to each other.

A system user, the wrapper, the unit, a Postfix in front and behind with the settings that `init` wrote, and people
whose domains prove nothing: what the world gets is looked at in their mailboxes.
"""

import json
import pwd
import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from mailgate.setup.story import SUBJECT
from tests.gate import Person, Received
from tests.outbound.sink import HOST, Sink, running
from tests.servers.fixtures import needed
from tests.servers.installation import Installation, loopback, machine
from tests.servers.nsd import running_nsd
from tests.servers.process import free_port, wait_until
from tests.test_docs import page_named

ANN = Person("Ann Miller", "ann@example.org")
JANE = Person("Jane Poole", "jane@hosting.example")
OPTIONS = (
    *("--company", "Acme Hosting", "--domain", "support.example"),
    *("--staff-name", JANE.name, "--staff-email", JANE.address, "--staff-signs", "no"),
)
ZONES = {"example": "hosting IN A 127.0.0.1\nsupport IN A 127.0.0.1\n", "org": ""}

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def world() -> Iterator[Sink]:
    """Where all mail ends that leaves: everybody's mailbox."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture(scope="module")
def installed(world: Sink) -> Iterator[Installation]:
    """A machine on which README's commands were given, with free ports in place of those of the shipped settings."""
    port = free_port()
    with ExitStack() as built:
        with needed():
            names = built.enter_context(running_nsd(ZONES))
            environment = {
                "MAILGATE_SMTP__LISTEN": "",
                "MAILGATE_LMTP__LISTEN": loopback(free_port()),
                "MAILGATE_WEB__LISTEN": loopback(free_port()),
                "MAILGATE_AUTHENTICATION__NAMESERVERS": loopback(names.port),
                "MAILGATE_DESK_RULES__UNDO_SECONDS": "0",
            }
            options = (*OPTIONS, "--smarthost", loopback(port))
            relay = f"{HOST}:{world.port}"
            made = built.enter_context(
                machine(relayhost=relay, postfix_port=port, options=options, environment=environment)
            )
        for line in _commands():
            made.give(line)
        yield made


def test_the_doctor_has_nothing_against_what_was_installed(installed: Installation) -> None:
    checks = dict(line.split()[:2] for line in installed.said["mailgate doctor"].splitlines())

    assert [checks[name] for name in ("directories", "serve", "listeners", "smarthost", "pages")] == ["ok"] * 5, checks
    assert checks["staff-mail"] == "warn"


def test_all_that_the_gate_has_is_its_user_s_and_closed_to_others(installed: Installation) -> None:
    owner = pwd.getpwnam(installed.user).pw_uid

    made = list(installed.path("/var/lib/mailgate").rglob("*"))

    assert {path.name for path in made} >= {"config.toml", "mailgate.db", "setup"}
    assert [path for path in made if path.stat().st_uid != owner or path.stat().st_mode & 0o077] == []


def test_a_customer_s_question_is_answered_by_staff_whose_domain_proves_nothing(
    installed: Installation, world: Sink
) -> None:
    _send(installed, ANN.writes("since Monday every mail to info@ comes back."), "support@support.example", ANN)
    acknowledgement = _mail(world, ANN, "[#1]")
    _reply(installed, JANE, _mail(world, JANE, "[#1]"), "Hello Ann,\n\nthe disk was full; it works again.\n\nJane")
    _reply(
        installed, JANE, _mail(world, JANE, "Did you write this? Your answer on ticket #1 goes to Ann Miller"), "yes"
    )
    answer = _mail(world, ANN, "[#1]", besides=acknowledgement)

    assert "thank you" in acknowledgement.text.lower()
    assert "the disk was full; it works again." in answer.text
    assert answer.message["From"] == '"Jane Poole (Acme Hosting)" <support@support.example>'
    assert len(answer.message.get_all("Received", [])) == 1  # it has passed the smarthost


def test_the_doctor_tells_each_hop_of_a_ticket_by_the_real_servers(installed: Installation, world: Sink) -> None:
    before = len(world.messages)

    with ThreadPoolExecutor(1) as beside:
        telling = beside.submit(installed.asks, "doctor", "--story", ANN.address, "--json")
        _reply(installed, JANE, _mail(world, JANE, SUBJECT, after=before), "It does.")
        _reply(installed, JANE, _mail(world, JANE, "Did you write this?", after=before), "yes")
        told = telling.result()

    hops = json.loads(told.stdout)
    assert [hop["status"] for hop in hops] == ["ok"] * 6 + ["warn"] + ["ok"] * 2
    assert "its writer is asked by mail" in hops[6]["detail"]
    assert "answered your first ticket" in hops[-1]["detail"]
    # The acknowledgement of a mail that proves nothing does not repeat its subject.
    assert "It does." in _mail(world, ANN, SUBJECT, after=before).text


def test_what_was_installed_is_gone_afterwards() -> None:
    with needed(), machine(relayhost=loopback(1), postfix_port=1, options=(), environment={}) as made:
        for line in _commands()[4:6]:
            made.give(line)
        user, home = made.user, made.home
        assert pwd.getpwnam(user).pw_dir == str(made.path("/var/lib/mailgate"))

    assert not home.exists()
    with pytest.raises(KeyError):
        pwd.getpwnam(user)


def test_a_command_that_nobody_has_thought_of_is_not_given() -> None:
    nothing = machine(relayhost=loopback(1), postfix_port=1, options=(), environment={})

    with needed(), nothing as made, pytest.raises(AssertionError, match="nobody has thought of"):
        made.give("rm -r /var/lib/mailgate")


def _commands() -> list[str]:
    [block] = [block for block in page_named("README.md").blocks("sh") if "useradd" in block]
    return block.splitlines()


def _send(installed: Installation, raw: bytes, to: str, sender: Person) -> None:
    """By the mail server in front, as the world does."""
    with smtplib.SMTP(HOST, installed.postfix_port) as client:
        client.sendmail(sender.address, [to], raw)


def _reply(installed: Installation, person: Person, mail: Received, text: str) -> None:
    _send(installed, person.replies(mail, text), str(mail.message["Reply-To"]), person)


def _mail(world: Sink, person: Person, subject: str, *, after: int = 0, besides: Received | None = None) -> Received:
    """The first mail for a person with this in its subject, as soon as it is there; of all, those behind `after`."""

    def found() -> list[Received]:
        came = list(zip(world.messages, list(world.paths), strict=False))[after:]
        mailbox = [Received(raw, path or "", person.address) for raw, (path, to) in came if to == [person.address]]
        return [mail for mail in mailbox if subject in mail.subject and mail != besides]

    wait_until(lambda: bool(found()), what=f"{subject} for {person.name}", within_seconds=60)
    return found()[0]
