"""Check of the broker: something is stored there and comes back."""

from mailgate.errors import MailgateError
from mailgate.setup.finding import Finding, fail, ok, skipped
from mailgate.setup.site import Site
from workers.brokers.connecting import ask, is_shared, shown

ANSWER_SECONDS = 4.0


def broker(site: Site) -> Finding:
    """A round trip."""
    workers = site.settings.workers
    if not is_shared(workers):
        return skipped("workers.broker is in memory")
    try:
        ask(workers, seconds=ANSWER_SECONDS)
    except MailgateError as error:
        return fail(f"{shown(workers)}: {error}", "start it, make room in it, or set workers.broker")
    return ok(f"{shown(workers)}: a round trip")
