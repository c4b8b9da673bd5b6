"""Why a mail of ours may not leave: who it is for, what it answers, whether it can arrive, how many went before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailgate.desks import is_ours
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.kind import Answers, Audience, Budget, Kind, Template, sharing
from mailgate.letters.notice import Notice
from mailgate.mail.address import address_key
from mailgate.mail.automatic import answer_unwanted
from mailgate.people import Contact, Role, Tongue
from mailgate.tickets.flood import Crowd, crowd
from store import people
from store.desk import tickets
from store.post import confirmations, outbox, suppressions

RECEIPTS_WAIT = timedelta(hours=1)
"""So long, where an hour's budget of them is used up."""

_OUTSIDE = frozenset({Audience.READERS, Audience.CONTACTS, Audience.ASKED})


@dataclass(frozen=True, slots=True)
class Readers:
    """What is known of those that some notices are for; looked up once for all of them."""

    staff: frozenset[str]  # keys of addresses, like all others here
    taking_part: frozenset[tuple[int, str]]  # with the number of the ticket
    unregistered: frozenset[tuple[int, str]]  # of these
    tongues: dict[int, Tongue]  # of the customer, by ticket
    dead: dict[str, str]  # key to reason
    contacts: dict[str, tuple[Contact, ...]]  # of any customer, for readers whose role is asked for
    by_customer: dict[int, Tongue]  # of those, and of tickets without one


def readers_of(act: Act, notices: Sequence[Notice]) -> Readers:
    """Look up whom these notices are for."""
    audiences = {notice.template.kind.audience for notice in notices}
    staff = act.staff if Audience.STAFF in audiences else ()
    outside = [notice for notice in notices if notice.template.kind.audience in _OUTSIDE]
    numbers = {notice.ticket_id for notice in outside if notice.ticket_id is not None}
    found = tickets.taking_part(act.conn, numbers, now=act.now)
    named = {one.address_key for one in found}
    others = [notice.to_address for notice in outside if address_key(notice.to_address) not in named]
    elsewhere = [notice for notice in outside if notice.template.kind.audience is not Audience.ASKED]
    here = {(one.number, one.address_key) for one in found}
    by_role = [
        one.to_address
        for one in elsewhere
        if one.template.kind.audience is Audience.CONTACTS or (one.ticket_id, address_key(one.to_address)) not in here
    ]
    spoken = {one.number for one in found if one.tongue}
    customers = {one.customer_id for one in notices if one.customer_id is not None and one.ticket_id not in spoken}
    return Readers(
        staff=frozenset(address_key(one.address) for one in staff),
        taking_part=frozenset((one.number, one.address_key) for one in found),
        unregistered=frozenset((one.number, one.address_key) for one in found if one.contact_id is None),
        tongues={one.number: one.tongue for one in found if one.tongue},
        contacts=people.contacts_at(act.conn, by_role),
        by_customer=people.tongues_of(act.conn, customers) if outside else {},
        dead={one.address_key: one.dead for one in found if one.dead}
        | suppressions.reasons(act.conn, others, now=act.now),
    )


def obstacle(act: Act, notice: Notice, readers: Readers, cause: Incoming | None) -> str | None:
    """Why this notice is left out; None when it may go, if its reader can be reached."""
    kind = notice.template.kind
    if is_ours(notice.to_address, act.settings.desks, act.settings.gate.domain):
        return "the address is ours"
    return _unanswerable(kind, cause) or _not_for(act, notice, readers, cause) or _beyond_budget(act, notice)


def _unanswerable(kind: Kind, cause: Incoming | None) -> str | None:
    if kind.answers is Answers.NOTHING:
        return None
    if cause is None:
        return "it answers nothing"
    if cause.automatic:
        return f"a program wrote what it answers ({cause.automatic})"
    unwanted = answer_unwanted(cause.message) if kind.answers is Answers.WILLING else None
    return f"no answer is wanted ({unwanted})" if unwanted else None


def _not_for(act: Act, notice: Notice, readers: Readers, cause: Incoming | None) -> str | None:
    key = address_key(notice.to_address)
    match notice.template.kind.audience:
        case Audience.STAFF:
            return None if key in readers.staff else "it is for staff alone"
        case Audience.AUTHOR:
            author = cause.mailbox if cause else None
            return None if author and address_key(author.address) == key else "it is for the author alone"
        case Audience.ASKED:
            number = notice.about_id
            is_asked = number is not None and confirmations.is_asked(act.conn, number, key)
            return None if is_asked else "it is for those who are asked alone"
        case Audience.READERS if (notice.ticket_id, key) in readers.taking_part:
            return None
        case Audience.READERS | Audience.CONTACTS:
            roles = notice.template.kind.roles
            return None if _has_role(readers, notice, roles) else f"it is for {' and '.join(sorted(roles))} alone"


def _has_role(readers: Readers, notice: Notice, roles: frozenset[Role]) -> bool:
    contacts = readers.contacts.get(address_key(notice.to_address), ())
    return any(one.customer_id == notice.customer_id and roles & set(one.roles) for one in contacts)


def _beyond_budget(act: Act, notice: Notice) -> str | None:
    budget = notice.template.kind.budget
    if budget is None:
        return None
    group = sharing(budget)
    budgets = act.settings.budgets
    day = outbox.recent_to(act.conn, notice.to_address, group, since=act.now - timedelta(days=1))
    if budget is Budget.COMMANDS:
        most = budgets.receipts_per_address_day
        return f"{day} answers to commands of this address within a day" if day >= most else None
    if day >= budgets.acknowledgements_per_address_day:
        return f"{day} automatic answers to this address within a day"
    if day >= budgets.acknowledgements_per_address_hour:
        hour = outbox.recent_to(act.conn, notice.to_address, group, since=act.now - timedelta(hours=1))
        if hour >= budgets.acknowledgements_per_address_hour:
            return f"{hour} automatic answers to this address within an hour"
    return None


def pace_of_receipts(act: Act, notice: Notice) -> Crowd:
    """How an answer to a command stands to those of its hour: whoever asks for more gets them later, and is told so."""
    if notice.template.kind.budget is not Budget.COMMANDS:
        return Crowd.WITHIN
    group, since = sharing(Budget.COMMANDS), act.now - RECEIPTS_WAIT
    hour = outbox.recent_to(act.conn, notice.to_address, group, since=since)
    return crowd(hour, act.settings.budgets.receipts_per_address_hour)


def beyond_budget_in_all(act: Act, notice: Notice) -> str | None:
    """Whoever forges a sender anew for each mail keeps within the budget of each address."""
    budget = notice.template.kind.budget
    if budget is None:
        return None
    group = sharing(budget)
    budgets, since = act.settings.budgets, act.now - timedelta(hours=1)
    domain = address_key(notice.to_address).rpartition("@")[2]
    if budgets.automatic_answers_per_hour or budgets.automatic_answers_per_domain_hour:
        in_all, to_domain = outbox.recent_in_all(act.conn, group, domain=domain, since=since)
        if in_all >= budgets.automatic_answers_per_hour > 0:
            return f"{in_all} automatic answers within an hour"
        if to_domain >= budgets.automatic_answers_per_domain_hour > 0:
            return f"{to_domain} automatic answers to this domain within an hour"
    if notice.template is Template.HELD and budgets.held_notices_per_hour:
        held, _ = outbox.recent_in_all(act.conn, (Template.HELD,), domain=domain, since=since)
        if held >= budgets.held_notices_per_hour:
            return f"{held} notices of held mail within an hour"
    return None
