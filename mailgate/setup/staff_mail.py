"""Check of how mail of staff is proved: by what their last mails were worth, and by what their domains say in the DNS.

Words of staff go to customers, so they need the DKIM signature of their very domain. Without it each is asked back;
where the domain asks everybody to refuse such mail it is held.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mailgate.config import Verify
from mailgate.errors import LookupFailed
from mailgate.mail.address import parse_mailbox
from mailgate.mail.sender import dmarc
from mailgate.mail.sender.evidence import Level
from mailgate.people import Staff
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from store import people
from store.post import spool
from store.post.spool import Accepted

LOOKED_THROUGH = 50_000
"""Mails, from the newest back, among which the last of each member is looked for: there is no index of authors."""


def staff_mail(site: Site) -> Finding:
    """Answers of staff go out by themselves."""
    if site.settings.authentication.verify is Verify.NONE:
        return skipped('authentication.verify = "none": whoever writes a From address is believed')
    with site.reading() as conn:
        staff = people.list_staff(conn)
        last = {one.id: spool.newest_of(conn, one.address, among=LOOKED_THROUGH) for one in staff}
    if not staff:
        return skipped(f"nobody is on the staff: {site.command} staff add NAME EMAIL")
    of_domain: Mapping[str, list[Staff]] = defaultdict(list)
    for one in staff:
        of_domain[parse_mailbox(one.address).domain.lower()].append(one)
    return worst([_of_domain(site, domain, members, last) for domain, members in sorted(of_domain.items())])


def _of_domain(site: Site, domain: str, members: Sequence[Staff], last: Mapping[int, Accepted | None]) -> Finding:
    came = [(one, mail) for one in members if (mail := last[one.id]) is not None]
    unproved = [_unproved(one, mail) for one, mail in came if not _is_proved(mail)]
    if came and not unproved:
        return ok(f"{domain}: the last mail of {' and '.join(one.address for one, _ in came)} was signed")
    refuses, has_keys = _told_by_dns(site, domain)
    if not came and not has_keys:
        unproved = [f"{domain} has no DKIM key in the DNS, so no mail of its staff can be signed"]
    sign = f"have mail of {domain} signed with DKIM, by its provider's control panel or by its mail server"
    if not unproved:
        words = f"{domain}: no mail of its staff has come yet, so nobody knows whether it is signed"
        return warn(words, f"have one of them write !help to a desk; if that is not signed, {sign}")
    words = ", ".join(unproved)
    if refuses:
        until = 'until then its DMARC record must say "v=DMARC1; p=none"'
        return fail(
            f"{words}; {domain} asks all to refuse such mail ({refuses}), so answers are held", f"{sign}; {until}"
        )
    return warn(f"{words}; each answer waits until its writer has said yes to a question by mail", sign)


def _unproved(one: Staff, mail: Accepted) -> str:
    evidence = mail.outcome.evidence
    why = "; ".join(evidence.reasons) if evidence else "it was not judged"
    return f"mail {mail.id}, the last of {one.address}, is not proved to be theirs ({why})"


def _is_proved(mail: Accepted) -> bool:
    return mail.outcome.evidence is not None and mail.outcome.evidence.at_least(Level.DKIM)


def _told_by_dns(site: Site, domain: str) -> tuple[str, bool]:
    """The policy by which the domain asks to refuse what is not proved, "" for none; and whether it may have keys.

    A name server that is silent tells nothing against it.
    """
    try:
        found = dmarc.discover(domain, site.lookups())
        has_keys = site.is_in_dns(f"_domainkey.{domain}")
    except LookupFailed:
        return "", True
    return (f"p={found.policy.value}" if found.policy is not dmarc.Policy.NONE else ""), has_keys
