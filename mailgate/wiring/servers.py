"""Servers as the settings name them: spamd, resolvers, smarthosts, the card provider, the register of VAT ids."""

from concurrent.futures import Executor, ThreadPoolExecutor

from mailgate.config import FallbackSmarthost, HostPort, Settings, Verify, read_secret
from mailgate.config import Smarthost as SmarthostSettings
from mailgate.inbound.authenticate import SenderCheck, believed, header_check, own_check
from mailgate.inbound.dns import DnsResolver
from mailgate.inbound.spamd import Spamd
from mailgate.outbound.smarthost import Smarthost
from mailgate.payments.manual import Manual
from mailgate.payments.provider import Provider
from mailgate.payments.stripe import Stripe
from mailgate.vies import Vies

CHECKS_AT_ONCE = 16
"""Mails for which the DNS or spamd is waited for at the same time."""


def spamd_of(settings: Settings, *, timeout_seconds: float | None = None) -> Spamd | None:
    """The spamd of the settings, perhaps with another time limit; None when there is none."""
    address = settings.spam.spamd
    if address is None:
        return None
    return Spamd(str(address), timeout_seconds or settings.spam.timeout_seconds)


def smarthosts_of(settings: Settings, *, timeout_seconds: float | None = None) -> tuple[Smarthost, ...]:
    """The smarthosts of the settings in their order, perhaps with another time limit; none where nothing leaves.

    Raises SecretUnavailable.
    """
    first = settings.smarthost
    if first.address is None:
        return ()
    places: list[tuple[HostPort, SmarthostSettings | FallbackSmarthost]]
    places = [(first.address, first), *((one.address, one) for one in settings.fallback_smarthost)]
    return tuple(
        Smarthost(
            address.host,
            address.port,
            tls=place.tls,
            user=place.user,
            password=read_secret(place.password_file) if place.password_file else "",
            timeout_seconds=timeout_seconds or first.timeout_seconds,
            after_dot_seconds=first.after_dot_seconds,
            helo_name=settings.gate.domain,
        )
        for address, place in places
    )


def provider_of(settings: Settings, *, timeout_seconds: float | None = None) -> Provider:
    """Who handles cards, perhaps with another time limit. The key is read when they are first asked something.

    Also where nobody does any more, and the key of who did is still named: what is under way there is looked at.
    """
    payments = settings.payments
    if payments.secret_key_file is None:
        return Manual()
    return Stripe(
        payments.secret_key_file,
        url=payments.api_url,
        timeout_seconds=timeout_seconds or payments.timeout_seconds,
        at_once=payments.at_once,
    )


def vies_of(settings: Settings) -> Vies | None:
    """Who is asked about VAT ids, in the seller's name; None: nobody."""
    billing = settings.billing
    if not billing.vies_url:
        return None
    return Vies(billing.vies_url, settings.seller.vat_id, timeout_seconds=billing.vies_timeout_seconds)


def sender_check_of(settings: Settings) -> SenderCheck:
    """How the sender of a mail is judged."""
    authentication = settings.authentication
    match authentication.verify:
        case Verify.NONE:
            return believed
        case Verify.TRUSTED_HEADER:
            return header_check(settings)
        case Verify.OWN:
            return own_check(
                settings,
                DnsResolver(authentication.nameservers, timeout_seconds=authentication.dns_timeout_seconds),
            )


def checkers_of(settings: Settings) -> Executor | None:
    """The threads that wait for servers while mails are checked; None: nothing is asked of any."""
    if settings.spam.spamd is None and settings.authentication.verify is not Verify.OWN:
        return None
    return ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="check")
