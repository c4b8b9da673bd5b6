"""The doctor's look at our signing keys, with a real name server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailgate.config import HostPort
from mailgate.mail.signing_key import SigningKey, make_pair
from mailgate.setup.dkim import dkim
from mailgate.setup.finding import Status
from mailgate.setup.site import Site
from mailgate.setup.zone_file import dkim_record
from store import signing_keys
from store.engine import connect, transaction
from tests.servers.fixtures import StartNsd
from tests.setup.sites import site_in

DOMAIN = "support.example"
PAIR = make_pair(1)

Begin = Callable[[str], Site]


def records(*keys: SigningKey) -> str:
    return "".join(f"{dkim_record(key.selector, DOMAIN, key.record)}\n" for key in keys)


@pytest.fixture
def site(tmp_path: Path, nsd: StartNsd) -> Begin:
    """A gate with two keys that wait, and the zone of its domain."""

    def begin(zone: str) -> Site:
        server = nsd({DOMAIN: zone})
        found = site_in(tmp_path, authentication={"nameservers": (HostPort(server.host, server.port),)})
        change(found, lambda conn: signing_keys.add(conn, PAIR, now=found.now()))
        return found

    return begin


def change(site: Site, how: Callable[..., None]) -> None:
    engine = connect(site.settings.store.url)
    with transaction(engine) as conn:
        how(conn)
    engine.dispose()


def enable(site: Site) -> Site:
    change(site, lambda conn: signing_keys.enable(conn, now=site.now()))
    return site


def test_a_gate_without_keys_is_not_looked_at(tmp_path: Path) -> None:
    assert dkim(site_in(tmp_path)).status is Status.SKIPPED


@pytest.mark.server
def test_keys_that_sign_and_stand_in_the_dns_are_well(site: Begin) -> None:
    found = dkim(enable(site(records(*PAIR))))

    assert (found.status, found.detail) == (Status.OK, "mg1-rsa, mg1-ed, of support.example")


@pytest.mark.server
def test_a_key_that_signs_and_is_not_in_the_dns_fails_with_its_record(site: Begin) -> None:
    found = dkim(enable(site(records(PAIR[0]))))

    assert (found.status, found.fix) == (Status.FAIL, records(PAIR[1]).strip())
    assert "mg1-ed: the DKIM signature of support.example has no key in the DNS" in found.detail


@pytest.mark.server
@pytest.mark.parametrize(
    ("in_the_dns", "reason"),
    [
        (dkim_record("mg1-rsa", DOMAIN, make_pair(1)[0].record), "does not fit the mail"),
        (dkim_record("mg1-rsa", DOMAIN, "v=DKIM1; p="), "has a key that was revoked"),
        (dkim_record("mg1-rsa", DOMAIN, PAIR[0].record.replace("k=rsa;", "k=rsa; t=y;")), "is being tried out"),
        (records(PAIR[0], make_pair(1)[0]), "has several keys in the DNS"),
    ],
)
def test_another_key_a_revoked_one_and_one_under_trial_fail(site: Begin, in_the_dns: str, reason: str) -> None:
    found = dkim(enable(site(f"{in_the_dns}\n{records(PAIR[1])}")))

    assert found.status is Status.FAIL
    assert reason in found.detail


@pytest.mark.server
def test_keys_that_wait_are_told_how_to_go_on(site: Begin) -> None:
    found = dkim(site(records(*PAIR)))

    assert (found.status, found.detail) == (Status.WARN, "mg1-rsa, mg1-ed could sign")
    assert found.fix.endswith("keys dkim --enable")


@pytest.mark.server
def test_keys_that_wait_for_their_records_are_a_warning_with_the_records(site: Begin) -> None:
    found = dkim(site(""))

    assert (found.status, found.fix) == (Status.WARN, records(*PAIR).strip().replace("\n", "; "))
