"""Check of how mail of staff is proved, with a real name server and mails that came."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgate.config import HostPort, Verify
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.setup.finding import Finding, Status
from mailgate.setup.site import Site
from mailgate.setup.staff_mail import staff_mail
from store import people
from store.archive import archive_of
from store.engine import connect, transaction
from store.post import spool
from store.post.spool import Outcome
from tests.servers.fixtures import needed
from tests.servers.nsd import NameServer, running_nsd
from tests.setup.sites import site_in

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RECORDS = """
s1._domainkey.signs IN TXT "v=DKIM1; p=AAAA"
_dmarc.signs IN TXT "v=DMARC1; p=reject"
s1._domainkey.lax IN TXT "v=DKIM1; p=AAAA"
plain IN A 203.0.113.9
strict IN A 203.0.113.9
_dmarc.strict IN TXT "v=DMARC1; p=quarantine"
"""

pytestmark = pytest.mark.server

Begin = Callable[..., Site]


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    """One name server for the tests of this module."""
    with ExitStack() as starting:
        with needed():
            server = starting.enter_context(running_nsd({"example": RECORDS}))
        yield server


@pytest.fixture
def begin(tmp_path: Path, names: NameServer) -> Begin:
    """A gate with these people on its staff."""

    def begin(*addresses: str, verify: Verify = Verify.OWN) -> Site:
        nameservers = (HostPort(names.host, names.port),)
        site = site_in(tmp_path, authentication={"verify": verify, "nameservers": nameservers})
        with transaction(connect(site.settings.store.url)) as conn:
            for address in addresses:
                people.add_staff(conn, address.partition("@")[0].title(), address, now=NOW)
        return site

    return begin


def came(site: Site, author: str, level: Level, disposition: Disposition = Disposition.JOINED) -> int:
    """A mail of this author that was worth so much."""
    raw = f"{author} {level} {disposition}".encode()
    archive, evidence = archive_of(site.settings), Evidence(level, ("no DKIM signature",))
    with transaction(connect(site.settings.store.url)) as conn:
        blob = archive.prepare(raw)
        archive.add(conn, blob)
        envelope = Envelope(None, (), Door.LMTP, NOW)
        outcome = Outcome(disposition, None, None, evidence, author=author)
        return spool.add_settled(conn, envelope, blob.sha256, outcome)


@pytest.mark.parametrize("level", [Level.DKIM, Level.TOKEN])
def test_a_signed_mail_of_each_member_is_well(begin: Begin, level: Level) -> None:
    site = begin("jane@signs.example", "bob@signs.example")
    came(site, "Jane <jane@signs.example>", level)

    assert staff_mail(site).status is Status.OK


def test_only_the_last_mail_of_a_member_counts_and_a_yes_to_a_question_is_none(begin: Begin) -> None:
    site = begin("jane@signs.example")
    came(site, "Jane <jane@signs.example>", Level.DKIM)
    last = came(site, "JANE@signs.example", Level.UNKNOWN)
    came(site, "Jane <jane@signs.example>", Level.CONFIRMED, Disposition.COMMAND)
    came(site, "Mary Jane <mary.jane@signs.example>", Level.DKIM)
    came(site, "Jane <jane@signs.example>", Level.DKIM, Disposition.QUARANTINED)

    found = staff_mail(site)

    assert found.status is Status.FAIL
    assert (
        f"mail {last}, the last of jane@signs.example, is not proved to be theirs (no DKIM signature)" in found.detail
    )


@pytest.mark.parametrize(
    ("domain", "unsigned", "status", "words"),
    [
        ("plain.example", True, Status.WARN, "each answer waits until its writer has said yes"),
        ("strict.example", True, Status.FAIL, "asks all to refuse such mail (p=quarantine), so answers are held"),
        ("plain.example", False, Status.WARN, "plain.example has no DKIM key in the DNS"),
        ("strict.example", False, Status.FAIL, "strict.example has no DKIM key in the DNS"),
        ("lax.example", False, Status.WARN, "no mail of its staff has come yet"),
        ("signs.example", False, Status.WARN, "no mail of its staff has come yet"),
    ],
)
def test_what_a_domain_lacks_is_told_by_how_much_harm_it_does(
    begin: Begin, domain: str, unsigned: bool, status: Status, words: str
) -> None:
    site = begin(f"jane@{domain}")
    if unsigned:
        came(site, f"Jane <jane@{domain}>", Level.UNKNOWN)

    found = staff_mail(site)

    assert (found.status, words in found.detail) == (status, True), found
    assert "signed" in found.fix
    assert ("p=none" in found.fix) is (status is Status.FAIL)


def test_the_worst_of_several_domains_is_told(begin: Begin) -> None:
    site = begin("jane@signs.example", "bob@strict.example")
    came(site, "Jane <jane@signs.example>", Level.DKIM)

    found = staff_mail(site)

    assert found.status is Status.FAIL
    assert "signs.example" not in found.detail


def test_where_everybody_is_believed_and_where_nobody_answers_there_is_nothing_to_look_at(begin: Begin) -> None:
    assert _skipped(staff_mail(begin()))
    assert _skipped(staff_mail(begin("jane@strict.example", verify=Verify.NONE)))


def test_a_silent_name_server_tells_nothing_against_a_domain(begin: Begin) -> None:
    site = begin("jane@elsewhere.test")  # no zone of it is served

    assert staff_mail(site).status is Status.WARN


def _skipped(found: Finding) -> bool:
    return found.status is Status.SKIPPED
