"""Check of who handles cards: the key is taken, and is one for the money that is meant."""

from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from mailgate.errors import MailgateError, Permanent, Temporary
from mailgate.payments.provider import Facts
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from mailgate.setup.zone import is_reserved
from mailgate.wiring.servers import provider_of
from store.billing import former
from store.billing.former import Left
from store.migrations import HEAD, current
from workers.money_status import of_former

ANSWER_SECONDS = 4.0


def payments(site: Site) -> Finding:
    """The provider answers to the key, whether real money moves by it, and nothing is left with another one."""
    left = of_former(_left(site), site.settings.payments)
    return worst([_answers(site), *(warn(one.message, one.hint) for one in left)])


def _left(site: Site) -> Sequence[Left]:
    """Nothing where there is no store of this version: another check tells of that."""
    try:
        with site.reading() as conn:
            return former.left(conn, site.settings.payments.provider) if current(conn) == HEAD else ()
    except (MailgateError, OperationalError):
        return ()


def _answers(site: Site) -> Finding:
    given = site.settings.payments
    if given.secret_key_file is None:
        return skipped(f'payments.provider is "{given.provider}": nobody charges cards')
    try:
        facts = provider_of(site.settings, timeout_seconds=ANSWER_SECONDS).facts()
    except Permanent as refused:
        return fail(str(refused), "put the secret key of your account into the file of payments.secret_key_file")
    except Temporary as away:
        return fail(str(away), "let the gate connect to api.stripe.com:443, or see whether payments.api_url is right")
    if not given.is_automatic:
        return ok(f"nobody charges cards; what is under way with {given.asked}, {facts.account}, is still looked at")
    return judged(facts, site.settings.gate.domain)


def judged(facts: Facts, domain: str) -> Finding:
    """Real money is for a real gate; play money is for one to play with."""
    if facts.is_live and is_reserved(domain):
        return fail(
            f"a live key, of {facts.account}, on a gate to play with, {domain}: real cards would be charged",
            "put a test key, sk_test_…, into the file of payments.secret_key_file",
        )
    if facts.details.get("charges_enabled") == "false":
        return warn(
            f"{facts.account} may not charge cards yet", "finish the account at the provider: its dashboard says how"
        )
    if not facts.is_live and not is_reserved(domain):
        return warn(
            f"a test key, of {facts.account}: links and charges work with test cards, and no money moves",
            "put the live key, sk_live_…, into the file of payments.secret_key_file when real money is meant",
        )
    return ok(f"a {'live' if facts.is_live else 'test'} key, of {facts.account}")
