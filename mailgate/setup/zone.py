"""Checks of the DNS of the gate's domain: where its mail goes, who may send for it, what others should refuse.

A name server that gives no answer raises LookupFailed, which the examiner tells as unknown, never as failed.
"""

import ipaddress

from mailgate.inbound.dns import Lookups
from mailgate.inbound.spf import evaluate, is_own
from mailgate.mail.sender import dmarc
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from mailgate.setup.zone_file import address_record, dmarc_record, mx_record, spf_record

RESERVED = (
    "example",
    "test",
    "invalid",
    "localhost",
    "example.com",
    "example.net",
    "example.org",
)  # RFC 2606, RFC 6761


def domain(site: Site) -> Finding:
    """The gate has a domain of its own, not the one that it was shipped with."""
    name = site.settings.gate.domain.lower()
    if is_reserved(name):
        return fail(f"{name} is reserved for examples: nobody can write to it", "set gate.domain to a domain of yours")
    return ok(name)


def is_reserved(name: str) -> bool:
    """The domain is for examples and tests: nobody in the world can reach it."""
    return any(name.lower() == one or name.lower().endswith(f".{one}") for one in RESERVED)


def mx(site: Site) -> Finding:
    """Mail servers of the world know where to bring mail for the gate."""
    name, lookups = site.settings.gate.domain, site.lookups()
    hosts = _mail_hosts(name, lookups)
    if hosts == ("",):
        return fail(f"{name} takes no mail, by its null MX (RFC 7505)", mx_record(name))
    if hosts:
        return ok(f"{name} MX {', '.join(hosts)}")
    if _addresses(name, lookups):
        return warn(f"{name} has no MX; mail goes to its address", mx_record(name))
    return fail(f"{name} has no MX", mx_record(name))


def addresses(site: Site) -> Finding:
    """The mail servers that the MX names have addresses."""
    name, lookups = site.settings.gate.domain, site.lookups()
    return worst([has_address(host, lookups) for host in _mail_hosts(name, lookups) or (name,)])


def ptr(site: Site) -> Finding:
    """The servers that send our mail have a name that leads back to them; else many refuse it."""
    lookups = site.lookups()
    public = _senders(site, lookups)
    return (
        worst([_leads_back(address, lookups) for address in public]) if public else skipped("no public address known")
    )


def spf(site: Site) -> Finding:
    """The domain says that the smarthost may send for it."""
    name, lookups = site.settings.gate.domain, site.lookups()
    records = [text for text in lookups.txt(name) if text.lower().split(b" ")[0] == b"v=spf1"]
    public = _senders(site, lookups)
    record = spf_record(name, public)
    if not records:
        return fail(f"{name} has no SPF record", record)
    if len(records) > 1:
        return fail(f"{name} has {len(records)} SPF records, so none counts (RFC 7208 §4.5)", record)
    if not public:
        return ok(f"{records[0].decode('ascii', 'replace')}; no public address of the smarthost known")
    return worst([_may_send(address, name, lookups, record) for address in public])


def dmarc_policy(site: Site) -> Finding:
    """The domain asks others to refuse mail that only pretends to be ours."""
    name = site.settings.gate.domain
    found = dmarc.discover(name, site.lookups())
    if found.record_at is None:
        return warn(f"{name} has no DMARC record", dmarc_record(name))
    words = f"p={found.policy.value}, by _dmarc.{found.record_at}"
    if found.policy is dmarc.Policy.NONE:
        return warn(f"{words}: forged mail in the name of {name} is let through", dmarc_record(name))
    return ok(words)


def _mail_hosts(name: str, lookups: Lookups) -> tuple[str, ...]:
    found = sorted(record for record in lookups.records(name, "MX") if isinstance(record, tuple))
    return tuple(host.rstrip(".") for _, host in found)


def _addresses(host: str, lookups: Lookups) -> tuple[str, ...]:
    """Of a name, or the address itself where it is one."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        found = (*lookups.records(host, "A"), *lookups.records(host, "AAAA"))
        return tuple(str(address) for address in found)


def _senders(site: Site, lookups: Lookups) -> tuple[str, ...]:
    """Public addresses of the smarthosts; where it stands on this machine or beside it, those that mail comes in at."""
    settings = site.settings
    first = (settings.smarthost.address,) if settings.smarthost.address else ()
    hosts = dict.fromkeys(one.host for one in (*first, *(one.address for one in settings.fallback_smarthost)))
    found = tuple(address for host in hosts for address in _addresses(host, lookups))
    if all(is_own(address) for address in found):
        receiving = _mail_hosts(settings.gate.domain, lookups) or (settings.gate.domain,)
        found = tuple(address for host in receiving if host for address in _addresses(host, lookups))
    return tuple(address for address in found if not is_own(address))


def has_address(host: str, lookups: Lookups) -> Finding:
    """The name leads somewhere. Raises LookupFailed."""
    found = _addresses(host, lookups)
    return ok(f"{host} is {', '.join(found)}") if found else fail(f"{host} has no address", address_record(host))


def _leads_back(address: str, lookups: Lookups) -> Finding:
    pointer = ipaddress.ip_address(address).reverse_pointer
    names = [str(name) for name in lookups.records(pointer, "PTR")]
    if not names:
        return warn(f"{address} has no PTR record", f"have its provider set: {pointer}. IN PTR the name of that server")
    if not any(address in _addresses(name, lookups) for name in names):
        return warn(f"{address} is called {names[0]}, which is not {address}", address_record(names[0], address))
    return ok(f"{address} is {names[0]}, and back")


def _may_send(address: str, name: str, lookups: Lookups, record: str) -> Finding:
    result = evaluate(address, f"bounce@{name}", name, lookups)
    if result == "pass":
        return ok(f"{address} passes")
    words = f"SPF of {name} says {result} of {address}"
    if result in {"permerror", "fail"}:
        return fail(words, record)
    return warn(f"{words}; a provider may send from other addresses, then include its record", record)
