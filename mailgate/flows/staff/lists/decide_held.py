"""What an answer to a list of held mail does: the mails are let in or end, and their senders may become known."""

from collections.abc import Callable, Mapping

from mailgate.commands.verb import Command, Verb
from mailgate.desks import is_ours
from mailgate.errors import BadAddress, MailgateError
from mailgate.flows.story import review
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.welcome import welcome
from mailgate.mail.address import parse_mailbox
from mailgate.mail.sender.evidence import Level
from mailgate.people import Customer, Staff, staff_at
from mailgate.tickets.result import Decided, Item, item
from mailgate.tickets.verbs import lists
from store import people
from store.post import senders, spool
from store.post.spool import Accepted


class _Undecided(MailgateError):
    """This decision cannot be carried out; the text says why."""


def decide_held(act: Act, command: Command, incoming: Incoming, writer: Staff) -> Item:
    """One decision; says what was done, or why not. The mails of what is let in are settled by their own jobs."""
    number = command.argument.number
    assert number is not None
    by = f"{writer.name}, mail {incoming.lent.spool_id}, evidence {incoming.evidence.level.value}"
    try:
        return HANDLERS[command.verb](act, number, command.argument.words, by)
    except (review.NotHeld, _Undecided) as error:
        return item(Decided.NOT_DECIDED, mail=number, why=str(error))


def _release(act: Act, mail_id: int, words: str, by: str) -> Item:
    review.release(act.conn, mail_id, by=by, now=act.now)
    return item(Decided.LET_IN, mail=mail_id)


def _spam(act: Act, mail_id: int, words: str, by: str) -> Item:
    review.refuse(act.conn, mail_id, by=by, is_spam=True, now=act.now)
    return item(Decided.IS_SPAM, mail=mail_id)


def _refuse(act: Act, mail_id: int, words: str, by: str) -> Item:
    review.refuse(act.conn, mail_id, by=by, is_spam=False, now=act.now)
    return item(Decided.REFUSED, mail=mail_id)


def _allow(act: Act, mail_id: int, words: str, by: str) -> Item:
    address = _sender(act, mail_id)
    review.release(act.conn, mail_id, by=by, now=act.now)
    senders.allow(act.conn, address, by=by, now=act.now)
    return item(Decided.ALLOWED, mail=mail_id, address=address)


def _register(act: Act, mail_id: int, words: str, by: str) -> Item:
    address = _sender(act, mail_id)
    customer = _new_customer(act, words, address)
    is_told = act.settings.welcome.customers and welcome(act, customer)
    review.release(act.conn, mail_id, by=by, now=act.now)
    says = Decided.WELCOMED if is_told else Decided.REGISTERED
    return item(says, mail=mail_id, name=words, address=address, customer=customer.id)


HANDLERS: Mapping[Verb, Callable[[Act, int, str, str], Item]] = {
    lists.RELEASE: _release,
    lists.SPAM: _spam,
    lists.REFUSE: _refuse,
    lists.ALLOW: _allow,
    lists.REGISTER: _register,
}
"""Each decides on the mail with this number, and says what it did. Raises NotHeld or _Undecided."""


def _sender(act: Act, mail_id: int) -> str:
    """The address that is to be known from now on. Raises _Undecided when nobody can say whose it is."""
    held: Accepted | None = spool.show(act.conn, mail_id)
    author = held.outcome.author if held else None
    address = (author or "").rpartition("<")[2].removesuffix(">")
    evidence = held.outcome.evidence if held else None
    if evidence is None or evidence.level is Level.NONE:
        raise _Undecided("its From names nobody for sure; release it alone")
    try:
        parse_mailbox(address)
    except BadAddress as error:
        raise _Undecided("its From has no usable address; release it alone") from error
    if is_ours(address, act.settings.desks, act.settings.gate.domain) or staff_at(address, act.staff):
        raise _Undecided(f"{address} is an address of ours")
    return address


def _new_customer(act: Act, name: str, address: str) -> Customer:
    known = people.contacts_with(act.conn, address)
    if known:
        raise _Undecided(f"{address} is a contact of customer {known[0].customer_id} already")
    gate = act.settings.gate
    return people.add_customer(
        act.conn,
        name,
        address,
        country=None,
        currency=gate.currency,
        timezone=str(gate.zone),
        language=gate.language,
        now=act.now,
    )
