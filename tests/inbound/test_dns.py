"""The DNS: a resolver against a real name server, and the limits of what one mail may ask."""

from contextlib import ExitStack

import pytest

from mailgate.config import HostPort
from mailgate.errors import LookupFailed
from mailgate.inbound.dns import DnsResolver, Kind, Lookups, Record, TooManyLookups
from tests.servers.fixtures import StartNsd, needed
from tests.servers.nsd import running_nsd
from tests.servers.process import free_port
from tests.zone import Zone

RECORDS = """\
cust IN TXT "v=spf1 ip4:192.0.2.0/24 -all"
cust IN TXT "another"
_dmarc.cust IN TXT "v=DMARC1; p=rej" "ect"
alias IN CNAME _dmarc.cust
cust IN MX 10 mx.cust
mx.cust IN A 192.0.2.9
mx.cust IN AAAA 2001:db8::1
9.cust IN PTR mx.cust
"""


@pytest.mark.server
def test_records_of_a_real_name_server(nsd: StartNsd) -> None:
    server = nsd({"example": RECORDS})
    resolver = DnsResolver([HostPort(server.host, server.port)], timeout_seconds=5)

    def asked(name: str, kind: Kind) -> tuple[Record, ...]:
        return resolver(name, kind, within_seconds=5)

    assert set(asked("cust.example", "TXT")) == {b"v=spf1 ip4:192.0.2.0/24 -all", b"another"}
    assert asked("_dmarc.Cust.example.", "TXT") == (b"v=DMARC1; p=reject",)
    assert asked("alias.example", "TXT") == (b"v=DMARC1; p=reject",)
    assert asked("cust.example", "MX") == ((10, "mx.cust.example"),)
    assert asked("mx.cust.example", "A") == ("192.0.2.9",)
    assert asked("mx.cust.example", "AAAA") == ("2001:db8::1",)
    assert asked("9.cust.example", "PTR") == ("mx.cust.example",)
    assert asked("mx.cust.example", "TXT") == asked("nobody.example", "TXT") == ()
    with pytest.raises(LookupFailed):  # not its zone: it refuses
        asked("elsewhere.test", "TXT")


@pytest.mark.server
def test_answers_are_remembered() -> None:
    names = ("_dmarc.cust.example", "nobody.example")
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_nsd({"example": RECORDS}))
        resolver = DnsResolver([HostPort(server.host, server.port)], timeout_seconds=5)
        before = [resolver(name, "TXT", within_seconds=5) for name in names]

    after = [resolver(name, "TXT", within_seconds=5) for name in names]  # nobody is there any more

    assert before == after == [(b"v=DMARC1; p=reject",), ()]


def test_nobody_there_is_a_failure_that_may_pass() -> None:
    resolver = DnsResolver([HostPort("127.0.0.1", free_port())], timeout_seconds=0.3)

    with pytest.raises(LookupFailed):
        resolver("cust.example", "TXT", within_seconds=5)


@pytest.mark.parametrize("name", ["a" * 64 + ".example", ".".join(["abcdefgh"] * 40), "a..example"])
def test_what_is_no_name_has_no_records(name: str) -> None:
    resolver = DnsResolver([HostPort("127.0.0.1", free_port())], timeout_seconds=0.3)

    assert resolver(name, "TXT", within_seconds=1) == ()


def test_one_mail_may_ask_so_much_and_not_more() -> None:
    lookups = Lookups(Zone(), limit=3)

    for name in ("a.example", "b.example", "A.example.", "c.example"):
        assert lookups.txt(name) == ()

    with pytest.raises(TooManyLookups):
        lookups.txt("d.example")
    assert lookups.another(limit=1).txt("d.example") == ()


def test_the_time_of_one_mail_is_limited() -> None:
    now = [100.0]
    lookups = Lookups(Zone(), seconds=20, clock=lambda: now[0])
    purse = lookups.another()

    now[0] += 21

    with pytest.raises(LookupFailed):
        lookups.txt("a.example")
    with pytest.raises(LookupFailed):
        purse.txt("a.example")


def test_a_resolver_is_told_how_much_time_is_left() -> None:
    told: list[float] = []

    def resolver(name: str, kind: Kind, *, within_seconds: float) -> tuple[Record, ...]:
        told.append(within_seconds)
        return ()

    now = [0.0]
    lookups = Lookups(resolver, seconds=20, clock=lambda: now[0])
    lookups.txt("a.example")
    now[0] = 15.0
    lookups.txt("b.example")

    assert told == [20.0, 5.0]


def test_a_domain_exists_when_it_has_an_address_or_takes_mail() -> None:
    zone = Zone(
        {"text.example": "x"}, {("mx.example", "MX"): [(10, "a.example")], ("v6.example", "AAAA"): ["2001:db8::1"]}
    )

    assert [Lookups(zone).exists(name) for name in ("mx.example", "v6.example", "text.example")] == [True, True, False]
