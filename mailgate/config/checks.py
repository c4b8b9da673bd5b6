"""What settings must be to each other: pairs, order, and the addresses of the desks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mailgate.billing.document.numbering import read_pattern
from mailgate.billing.money.amount import BadAmount, read_amount
from mailgate.billing.tax.vat_id import BadVatId, read_vat_id
from mailgate.config.kinds import MEMORY_BROKER
from mailgate.config.settings import (
    After,
    DeskEntry,
    FallbackSmarthost,
    Hook,
    ImapFolder,
    ImapTls,
    Seller,
    Settings,
    Smarthost,
    Verify,
)
from mailgate.config.values import is_loopback
from mailgate.desks import MACHINE_MAILBOXES, MAX_DESK_LOCAL_PART, Desk, service_for
from mailgate.errors import BadAddress
from mailgate.letters.logo import BadLogo, read_logo
from mailgate.mail.address import Mailbox, parse_mailbox
from mailgate.toml_text.positions import KeyPath
from mailgate.toml_text.problems import BadValue, nearest


@dataclass(frozen=True, slots=True)
class Mistake:
    """A setting that does not fit the others: `reason` continues "[section] key …"."""

    path: KeyPath
    reason: str
    others: tuple[KeyPath, ...] = ()
    nearest: tuple[str, ...] = ()


def certificate_and_key(settings: Settings) -> Mistake | None:
    """STARTTLS needs both."""
    certificate, key = ("smtp", "certificate"), ("smtp", "key")
    if settings.smtp.certificate and not settings.smtp.key:
        return Mistake(certificate, "needs key, the file with its private key", (key,))
    if settings.smtp.key and not settings.smtp.certificate:
        return Mistake(key, "needs certificate, the file that it belongs to", (certificate,))
    return None


def user_and_password(settings: Settings) -> Mistake | None:
    """A login needs both."""
    user, password_file = ("smarthost", "user"), ("smarthost", "password_file")
    if settings.smarthost.user and not settings.smarthost.password_file:
        return Mistake(user, f'"{settings.smarthost.user}" needs password_file', (password_file,))
    if settings.smarthost.password_file and not settings.smarthost.user:
        return Mistake(password_file, "needs user, whose password it is", (user,))
    return None


def both_s3_keys(settings: Settings) -> Mistake | None:
    """A request to an S3-compatible store is signed with both."""
    access, secret = ("s3", "access_key_file"), ("s3", "secret_key_file")
    if settings.s3.access_key_file and not settings.s3.secret_key_file:
        return Mistake(access, "needs secret_key_file, the secret that belongs to it", (secret,))
    if settings.s3.secret_key_file and not settings.s3.access_key_file:
        return Mistake(secret, "needs access_key_file, whose secret it is", (access,))
    return None


def provider_and_key(settings: Settings) -> Mistake | None:
    """Whoever handles cards wants to know who asks; a call of theirs is believed when it is signed."""
    provider, key = ("payments", "provider"), ("payments", "secret_key_file")
    listen, secret = ("payments", "webhook_listen"), ("payments", "webhook_secret_file")
    if settings.payments.is_automatic and not settings.payments.secret_key_file:
        return Mistake(provider, f'"{settings.payments.provider}" needs secret_key_file', (key,))
    if settings.payments.webhook_listen and not settings.payments.webhook_secret_file:
        return Mistake(listen, "needs webhook_secret_file, by which the provider's calls are known", (secret,))
    return None


def broker_and_password(settings: Settings) -> Mistake | None:
    """Nobody asks for a password in this process."""
    if settings.workers.password_file and settings.workers.broker == MEMORY_BROKER:
        return Mistake(("workers", "password_file"), "needs broker, whose password it is", (("workers", "broker"),))
    return None


def pages_of_the_store(settings: Settings) -> Mistake | None:
    """Pages of another database than a server's would show nothing of it."""
    if settings.web.store_url and settings.store.is_embedded:
        return Mistake(("web", "store_url"), "needs store.url, a PostgreSQL that it reads from", (("store", "url"),))
    return None


def reachable_links(settings: Settings) -> Mistake | None:
    """What others can reach must not be called localhost in their mails."""
    listen = settings.web.listen
    if listen is None or listen.is_loopback or not is_loopback(urlsplit(settings.web.public_url).hostname or ""):
        return None
    reason = f'"{listen}" needs public_url (links in mails would point to this machine only)'
    return Mistake(("web", "listen"), reason, (("web", "public_url"),))


def own_listeners(settings: Settings) -> Mistake | None:
    """Two listeners cannot have one port; port 0 is a new one each time."""
    places = [(section, "listen", getattr(settings, section).listen) for section in ("smtp", "lmtp", "web", "metrics")]
    places.append(("payments", "webhook_listen", settings.payments.webhook_listen))
    taken = [(section, key, listen) for section, key, listen in places if listen and listen.port]
    for index, (section, key, listen) in enumerate(taken):
        for other, its_key, same in taken[:index]:
            if listen == same:
                return Mistake((section, key), f'"{listen}" is taken by [{other}]', ((other, its_key),))
    return None


def warning_before_close(settings: Settings) -> Mistake | None:
    """A warning comes before what it warns of."""
    rules = settings.desk_rules
    if rules.autoclose_warning_hours < rules.autoclose_hours:
        return None
    reason = f"{rules.autoclose_warning_hours} must be less than autoclose_hours, {rules.autoclose_hours}"
    return Mistake(("desk_rules", "autoclose_warning_hours"), reason, (("desk_rules", "autoclose_hours"),))


def trusted_header_of_somebody(settings: Settings) -> Mistake | None:
    """To trust a header one must say whose."""
    authentication = settings.authentication
    if authentication.verify is not Verify.TRUSTED_HEADER or authentication.trusted_authserv_ids:
        return None
    ids = ("authentication", "trusted_authserv_ids")
    return Mistake(
        ("authentication", "verify"), '"trusted-header" needs trusted_authserv_ids, whose header it is', (ids,)
    )


def vat_id_of_seller(settings: Settings) -> Mistake | None:
    """It is one of the seller's own country; whoever leaves the example's there is told of it by the doctor."""
    seller = settings.seller
    try:
        if seller.vat_id not in ("", Seller().vat_id):
            read_vat_id(seller.vat_id, seller.country)
    except BadVatId as bad:
        return Mistake(("seller", "vat_id"), f'"{seller.vat_id}" {bad.reason}', (("seller", "country"),))
    return None


def numbers_of_their_own(settings: Settings) -> Mistake | None:
    """No credit note ever has the number of an invoice."""
    billing = settings.billing
    if read_pattern(billing.credit_note_number).skeleton != read_pattern(billing.invoice_number).skeleton:
        return None
    reason = (
        f'"{billing.credit_note_number}" could make the numbers of invoices: give it letters of its own, such as CN-'
    )
    return Mistake(("billing", "credit_note_number"), reason, (("billing", "invoice_number"),))


def end_after_suspension(settings: Settings) -> Mistake | None:
    """A service ends when it has been suspended, and its warning comes a week before."""
    billing = settings.billing
    if 0 in (billing.suspend_days, billing.terminate_days) or billing.terminate_days >= billing.suspend_days + 8:
        return None
    reason = (
        f"{billing.terminate_days} must be at least {billing.suspend_days + 8}: 8 days after suspend_days, "
        f"{billing.suspend_days}, since the warning comes a week before. 0 is never"
    )
    return Mistake(("billing", "terminate_days"), reason, (("billing", "suspend_days"),))


def amounts_at_home(settings: Settings) -> Mistake | None:
    """They can be written in the gate's own currency."""
    billing, currency = settings.billing, settings.gate.currency
    for name, amount in (("late_fee", billing.late_fee), ("write_off_below", billing.write_off_below)):
        try:
            if amount.strip("0."):
                read_amount(amount, currency)
        except BadAmount as bad:
            return Mistake(("billing", name), str(bad), (("gate", "currency"),))
    return None


def logo_to_send(settings: Settings, directory: Path) -> Mistake | None:
    """The logo is there, and a picture that each mail can bring along; a relative path starts at `directory`."""
    logo = settings.letterhead.logo
    if logo is None:
        return None
    try:
        read_logo((directory / logo).read_bytes())
    except OSError as error:
        reason = f'"{logo}" cannot be read: {error.strerror}'
    except BadLogo as bad:
        reason = f'"{logo}" {bad}'
    else:
        return None
    return Mistake(("letterhead", "logo"), reason)


CHECKS: tuple[Callable[[Settings], Mistake | None], ...] = (
    certificate_and_key,
    user_and_password,
    both_s3_keys,
    broker_and_password,
    provider_and_key,
    pages_of_the_store,
    reachable_links,
    own_listeners,
    warning_before_close,
    trusted_header_of_somebody,
    vat_id_of_seller,
    numbers_of_their_own,
    end_after_suspension,
    amounts_at_home,
)


def build_desks(entries: Mapping[int, DeskEntry], domain: str) -> tuple[tuple[Desk, ...], tuple[Mistake, ...]]:
    """Make the desks, and tell which entries cannot be one; `entries` are by their place in the file, from 0."""
    desks: list[Desk] = []
    mistakes: list[Mistake] = []
    for index, entry in entries.items():
        try:
            mailbox = _desk_mailbox(entry.address, domain)
            if any(desk.mailbox.key == mailbox.key for desk in desks):
                raise BadValue(f'"{mailbox.address}" belongs to another desk already')
        except BadValue as bad:
            mistakes.append(Mistake(("desk", index, "address"), bad.reason, nearest=bad.nearest))
            continue
        if any(desk.name.lower() == entry.name.lower() for desk in desks):
            mistakes.append(Mistake(("desk", index, "name"), f'"{entry.name}" names another desk already'))
        desks.append(Desk(entry.name, mailbox, entry.sender, entry.signature))
    return tuple(desks), tuple(mistakes)


def desks_of_folders(folders: Mapping[int, ImapFolder], desks: tuple[Desk, ...]) -> tuple[Mistake, ...]:
    """Mail of a folder goes to a desk that exists."""
    names = [desk.name for desk in desks]
    return tuple(
        Mistake(("imap", index, "desk"), f'"{folder.desk}" is no desk', nearest=nearest(folder.desk, names))
        for index, folder in folders.items()
        if folder.desk not in names
    )


def folders(entries: Mapping[int, ImapFolder]) -> Iterator[Mistake]:
    """Each folder is fetched once, in clear from this machine only, and moved from only to somewhere else."""
    seen: set[str] = set()
    for index, folder in entries.items():
        here: KeyPath = ("imap", index)
        if folder.name in seen:
            yield Mistake((*here, "folder"), f'"{folder.folder}" of {folder.user} is fetched by another entry already')
        seen.add(folder.name)
        if folder.tls is ImapTls.NONE and not is_loopback(folder.host):
            reason = f'"none" would send the password in clear to {folder.host}; only a host on loopback may have it'
            yield Mistake((*here, "tls"), reason, ((*here, "host"),))
        if folder.after is After.MOVE and not folder.move_to:
            yield Mistake((*here, "after"), '"move" needs move_to, the folder to move to', ((*here, "move_to"),))
        if folder.move_to and folder.after is not After.MOVE:
            yield Mistake((*here, "move_to"), f'"{folder.move_to}" needs after = "move"', ((*here, "after"),))
        if folder.move_to == folder.folder:
            yield Mistake((*here, "move_to"), f'"{folder.move_to}" is the folder that mail is fetched from')


def fallback_smarthosts(entries: Mapping[int, FallbackSmarthost], first: Smarthost) -> Iterator[Mistake]:
    """Each is another server than those before it, and has user and password or neither."""
    seen = {first.address}
    for index, entry in entries.items():
        here: KeyPath = ("fallback_smarthost", index)
        if first.address is None:
            yield Mistake((*here, "address"), f'"{entry.address}" needs smarthost.address, which is tried before it')
        elif entry.address in seen:
            yield Mistake((*here, "address"), f'"{entry.address}" stands there before')
        seen.add(entry.address)
        if entry.user and not entry.password_file:
            yield Mistake((*here, "user"), f'"{entry.user}" needs password_file', ((*here, "password_file"),))
        if entry.password_file and not entry.user:
            yield Mistake((*here, "password_file"), "needs user, whose password it is", ((*here, "user"),))


def hooks(entries: Mapping[int, Hook]) -> Iterator[Mistake]:
    """Each is a command or a url, whose calls alone are signed; nothing is told of the same thing twice."""
    seen: set[tuple[str, str]] = set()
    for index, entry in entries.items():
        here: KeyPath = ("hook", index)
        if bool(entry.command) == bool(entry.url):
            key, reason = ("url", "stands beside command") if entry.url else ("event", "has neither command nor url")
            yield Mistake((*here, key), f"{reason}: a hook has one of them", ((*here, "command"), (*here, "url")))
        elif (entry.event, entry.key) in seen:
            yield Mistake((*here, "event"), f'"{entry.event}" is told to {entry.name} by another entry already')
        if entry.secret_file and not entry.url:
            yield Mistake((*here, "secret_file"), "needs url: a command is run by us, and no signature is looked at")
        seen.add((entry.event, entry.key))


def _desk_mailbox(address: str, domain: str) -> Mailbox:
    try:
        mailbox = parse_mailbox(address + domain if address.endswith("@") else address)
    except BadAddress:
        near = () if "@" in address else (f"{address}@",)
        raise BadValue(f'"{address}" is not a mail address, nor a local-part with its "@"', near) from None
    if mailbox.detail:
        raise BadValue(f'"{address}" has a detail: what stands behind "+" is kept for signed reply addresses')
    if len(mailbox.local_part) > MAX_DESK_LOCAL_PART:
        raise BadValue(
            f'"{address}" has more than {MAX_DESK_LOCAL_PART} octets before "@": signed replies need the room'
        )
    if service_for(mailbox.address, domain) in MACHINE_MAILBOXES:
        raise BadValue(f'"{address}" is an address that the gate itself uses')
    return mailbox
