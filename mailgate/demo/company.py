"""The small company of the demo: its people, and its settings in a directory of its own."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import SystemRandom

from sqlalchemy import Engine

from mailgate.people import Role
from store import people
from store.engine import transaction

HOST = "127.0.0.1"

PROVIDER_KEY = "sk_test_of_the_demo"
PROVIDER_SIGNS = "whsec_of_the_demo"
"""What the double of a payment provider takes and signs with; they are no secrets, and no other provider knows them."""

_LISTENING = range(20_000, 32_000)
"""Ports below those that Linux and others give to connections that are begun (ip_local_port_range)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the demo."""

    name: str
    address: str


ANN = Person("Ann Miller", "ann@example.org")
PAUL = Person("Paul Stone", "paul@stone.example")
OWEN = Person("Owen Reed", "owen@example.org")  # a colleague of Ann's, for technical questions
MARA = Person("Mara Lind", "mara@lind.example")
NOOR = Person("Noor Haddad", "noor@haddad.example")
FELIX = Person("Felix Sommer", "felix@sommer.example")  # reads and writes German
BOB = Person("Bob Jones", "bob@hosting.example")
JANE = Person("Jane Poole", "jane@hosting.example")

TINA = Person("Tina Busy", "tina-tempfail@mailboxes.example")  # the names say what becomes of their mail: magic.py
BRUNO = Person("Bruno Gone", "bruno-bounce@mailboxes.example")
LENA = Person("Lena Late", "lena-late-bounce@mailboxes.example")
GRETA = Person("Greta Left", "greta-bounce@mailboxes.example")  # whose mail did not arrive in the past already

CUSTOMERS = (ANN, PAUL, MARA, NOOR, FELIX, TINA, BRUNO, LENA, GRETA)
STAFF = (BOB, JANE)
WRITE_GERMAN = (FELIX,)


UsualPorts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens, all on loopback."""

    smtp: int
    lmtp: int
    web: int
    viewer: int
    provider_calls: int  # where the provider's double says that something has happened
    mailboxes: int  # the smarthost of the demo: every mail that goes out ends there


def choose_ports(usual: UsualPorts) -> Ports:
    """The usual ports for SMTP, LMTP, the web view and the viewer where they are free, others where not; 0: any."""
    *others, provider_calls, mailboxes = _free_ports(6)
    smtp, lmtp, web, viewer = (
        port if port and _is_free(port) else other for port, other in zip(usual, others, strict=True)
    )
    return Ports(smtp, lmtp, web, viewer, provider_calls, mailboxes)


@contextmanager
def held_ports(usual: UsualPorts) -> Iterator[Ports]:
    """Ports that nobody else gets, a second demo for one, until the gate and its pages listen there themselves.

    The mailboxes' own is not held: they listen from the beginning. Raises OSError when others are always quicker.
    """
    with ExitStack() as holding:
        for last in (False, False, False, True):
            ports = choose_ports(usual)
            try:
                for port in (ports.smtp, ports.lmtp, ports.web, ports.viewer):
                    holding.enter_context(socket.create_server((HOST, port)))
            except OSError:
                holding.close()
                if last:
                    raise
            else:
                break
        yield ports


def write_settings(directory: Path, ports: Ports, *, undo_seconds: int, provider: str) -> Path:
    """A config.toml that the demo and every other command can use; returns its path. `provider` is the double's url."""
    key = directory / "provider-key"
    key.write_text(PROVIDER_KEY, "utf-8")
    signing = directory / "provider-signing"
    signing.write_text(PROVIDER_SIGNS, "utf-8")
    for secret in (key, signing):
        secret.chmod(0o600)
    path = directory / "config.toml"
    path.write_text(
        f"""# The demo's settings. Nothing leaves this machine: the smarthost is the demo itself.
[smtp]
listen = "{HOST}:{ports.smtp}"

[lmtp]
listen = "{HOST}:{ports.lmtp}"

[web]
listen = "{HOST}:{ports.web}"
public_url = "http://{HOST}:{ports.web}"

[smarthost]
address = "{HOST}:{ports.mailboxes}"
tls = "none"

[payments]
provider = "stripe"
secret_key_file = "{key.name}"
api_url = "{provider}"
webhook_listen = "{HOST}:{ports.provider_calls}"
webhook_secret_file = "{signing.name}"

[authentication]
verify = "none"

[desk_rules]
undo_seconds = {undo_seconds}

[limits]
min_free_bytes = 0

[log]
level = "warning"
""",
        "utf-8",
    )
    return path


def seed(engine: Engine, *, now: datetime) -> None:
    """Register the people of the company, in an empty store."""
    with transaction(engine) as conn:
        if people.list_staff(conn):
            return
        for person in STAFF:
            people.add_staff(conn, person.name, person.address, now=now)
        for person in CUSTOMERS:
            customer = people.add_customer(
                conn,
                person.name,
                person.address,
                country="DE",
                currency="EUR",
                timezone="Europe/Berlin",
                language="de" if person in WRITE_GERMAN else "en",
                now=now,
            )
            if person is ANN:
                people.add_contact(conn, customer.id, OWEN.name, OWEN.address, (Role.SUPPORT,), now=now)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    """Not of those that systems give to connections: until the demo listens, one of them could have taken it."""
    probes: list[socket.socket] = []
    for port in SystemRandom().sample(_LISTENING, 200):
        with suppress(OSError):
            probes.append(socket.create_server((HOST, port)))
        if len(probes) == count:
            break
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
