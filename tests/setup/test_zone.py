"""Checks of the DNS, against a real name server with zones that are right and wrong."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailgate.config import HostPort
from mailgate.errors import LookupFailed
from mailgate.setup import zone
from mailgate.setup.finding import Finding, Status
from mailgate.setup.site import Site
from tests.gate import settings_for
from tests.servers.fixtures import needed
from tests.servers.nsd import NameServer, running_nsd
from tests.servers.process import LOOPBACK, free_port
from tests.setup.sites import site_in

RECORDS = """
good IN MX 10 mail
good IN TXT "v=spf1 ip4:203.0.113.9 -all"
_dmarc.good IN TXT "v=DMARC1; p=reject"
mail IN A 203.0.113.9
bad IN MX 10 gone
bad IN TXT "v=spf1 ip4:198.51.100.1 -all"
twice IN MX 10 nameless
twice IN TXT "v=spf1 mx -all"
twice IN TXT "v=spf1 a -all"
nameless IN A 203.0.113.10
plain IN A 203.0.113.9
closed IN MX 0 .
_dmarc.lax IN TXT "v=DMARC1; p=none"
"""
REVERSE = "9 IN PTR mail.example.\n11 IN PTR other.example.\n"

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    """One name server for the tests of this module."""
    with ExitStack() as starting:
        with needed():
            server = starting.enter_context(running_nsd({"example": RECORDS, "113.0.203.in-addr.arpa": REVERSE}))
        yield server


@pytest.fixture
def site(tmp_path: Path, names: NameServer) -> Callable[[str], Site]:
    """The gate of a domain, which sends by the server that its mail comes in at."""

    def begin(domain: str, smarthost: str = LOOPBACK) -> Site:
        return site_in(
            tmp_path,
            store=False,
            gate={"domain": domain},
            smarthost={"address": HostPort(smarthost, 25)},
            authentication={"nameservers": (HostPort(names.host, names.port),)},
        )

    return begin


Begin = Callable[[str], Site]


@pytest.mark.parametrize("check", [zone.mx, zone.addresses, zone.ptr, zone.spf, zone.dmarc_policy])
def test_a_domain_in_order_passes(site: Begin, check: Callable[[Site], Finding]) -> None:
    assert check(site("good.example")).status is Status.OK


@pytest.mark.parametrize(
    ("check", "domain", "status", "fix"),
    [
        (zone.mx, "nothing.example", Status.FAIL, "nothing.example. IN MX 10 mx.nothing.example."),
        (zone.mx, "closed.example", Status.FAIL, "closed.example. IN MX 10 mx.closed.example."),
        (zone.mx, "plain.example", Status.WARN, "plain.example. IN MX 10 mx.plain.example."),
        (zone.addresses, "bad.example", Status.FAIL, "gone.example. IN A 192.0.2.1"),
        (zone.spf, "nothing.example", Status.FAIL, 'nothing.example. IN TXT "v=spf1 mx -all"'),
        (zone.spf, "twice.example", Status.FAIL, 'twice.example. IN TXT "v=spf1 ip4:203.0.113.10 -all"'),
        (
            zone.dmarc_policy,
            "nothing.example",
            Status.WARN,
            '_dmarc.nothing.example. IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@nothing.example"',
        ),
        (
            zone.dmarc_policy,
            "lax.example",
            Status.WARN,
            '_dmarc.lax.example. IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@lax.example"',
        ),
        (
            zone.ptr,
            "twice.example",
            Status.WARN,
            "have its provider set: 10.113.0.203.in-addr.arpa. IN PTR the name of that server",
        ),
    ],
)
def test_what_is_wrong_is_told_with_the_record_to_paste(
    site: Begin, check: Callable[[Site], Finding], domain: str, status: Status, fix: str
) -> None:
    found = check(site(domain))

    assert (found.status, found.fix) == (status, fix)


def test_a_smarthost_that_spf_forbids_fails(tmp_path: Path, names: NameServer) -> None:
    settings: dict[str, Mapping[str, object]] = {
        "gate": {"domain": "bad.example"},
        "smarthost": {"address": HostPort("203.0.113.9", 25)},
        "authentication": {"nameservers": (HostPort(names.host, names.port),)},
    }

    found = zone.spf(Site(tmp_path / "config.toml", settings_for(tmp_path, 1, **settings)))

    assert (found.status, found.fix) == (Status.FAIL, 'bad.example. IN TXT "v=spf1 ip4:203.0.113.9 -all"')


def test_a_name_that_does_not_lead_back_is_warned_of(tmp_path: Path, names: NameServer) -> None:
    settings: dict[str, Mapping[str, object]] = {
        "smarthost": {"address": HostPort("203.0.113.11", 25)},
        "authentication": {"nameservers": (HostPort(names.host, names.port),)},
    }

    found = zone.ptr(Site(tmp_path / "config.toml", settings_for(tmp_path, 1, **settings)))

    assert (found.status, found.fix) == (Status.WARN, "other.example. IN A 203.0.113.11")


def test_a_reserved_domain_fails(site: Begin) -> None:
    assert zone.domain(site("support.example")).status is Status.FAIL
    assert zone.domain(site("support.hosting.net")).status is Status.OK


def test_a_name_server_that_is_away_is_no_verdict(tmp_path: Path) -> None:
    nobody = {"nameservers": (HostPort(LOOPBACK, free_port()),), "dns_timeout_seconds": 0.2}

    with pytest.raises(LookupFailed):
        zone.mx(site_in(tmp_path, store=False, authentication=nobody))
