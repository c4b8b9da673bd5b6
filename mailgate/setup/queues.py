"""Checks of what waits: queues, held mail, and mail that came back."""

from datetime import timedelta

from mailgate.setup.finding import Finding, fail, ok, warn, worst
from mailgate.setup.site import Site
from store import health
from workers import status

DAY = timedelta(days=1)
FEW, TOO_MANY = 3, 0.05

OTHERS = frozenset({"schema", "disk", "listener", "former_provider"})
"""What checks of their own tell."""


def queues(site: Site) -> Finding:
    """Nothing waits that should not: what `mailgate status` says of the rows and the folders."""
    with site.engine() as engine:
        found = status.look(site.settings, engine, site.now(), listeners=False, servers=False).attention
    told = [one for one in found if one.code not in OTHERS]
    if not told:
        return ok("nothing is late, nothing waits for a decision")
    return worst([(fail if one.fault else warn)(one.message, one.hint) for one in told])


def bounces(site: Site) -> Finding:
    """Of the last day's mail, few came back or could not be sent."""
    with site.reading() as conn:
        day = health.sent_since(conn, site.now() - DAY)
    words = f"{day.failed} of {day.written} mails of the last day did not arrive"
    if day.failed >= FEW and day.failed > TOO_MANY * day.written:
        return warn(words, f"{site.command} queue list --state failed")
    return ok(words)
