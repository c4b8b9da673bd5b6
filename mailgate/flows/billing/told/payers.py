"""Who gets mail about money: by roles, each in the place of the next, and never nobody."""

from collections.abc import Collection, Iterable, Sequence

from mailgate.billing.party import Account
from mailgate.flows.billing.books import Payer
from mailgate.flows.story.act import Act
from mailgate.mail.address import address_key
from mailgate.people import Contact, Customer, Role
from store import people
from store.billing import accounts
from store.post import suppressions

SEES_MONEY = frozenset({Role.OWNER, Role.INVOICE})
"""Who is shown prices and documents."""


def readers_of_money(act: Act, customer_id: int) -> tuple[Contact, ...]:
    """Who gets mail about money: contacts with the role `invoice`, in their place the owner, else anybody.

    Whoever takes no mail counts as not there; when that is everybody, it goes by the roles alone.
    """
    return routed(act, customer_id, Role.INVOICE)


def payers_readers(act: Act, payer: Payer) -> tuple[Contact, ...]:
    """The same of an account that is locked, and was read then."""
    return _routed(act, payer.customer, payer.account, Role.INVOICE)


def routed(act: Act, customer_id: int, role: Role) -> tuple[Contact, ...]:
    """Those with the role in the place of the owner, who stands in for them, as anybody does for the owner."""
    account, customer = accounts.account(act.conn, customer_id), people.find_customer(act.conn, customer_id)
    return _routed(act, customer, account, role)


def _routed(act: Act, customer: Customer | None, account: Account, role: Role) -> tuple[Contact, ...]:
    if account.billed_elsewhere:
        return ()
    theirs = customer.contacts if customer and customer.removed_at is None else ()
    return by_role(theirs, suppressions.reasons(act.conn, [one.address for one in theirs], now=act.now), role)


def by_role(theirs: Sequence[Contact], dead: Collection[str], role: Role) -> tuple[Contact, ...]:
    """The same of contacts that are known, by the keys of addresses that take no mail."""
    alive = [one for one in theirs if address_key(one.address) not in dead]
    for among in (alive, theirs):
        for wanted in (frozenset({role}), frozenset({Role.OWNER}), frozenset(Role)):
            if found := [one for one in among if wanted & set(one.roles)]:
                return _once(found) if len(wanted) == 1 else (found[0],)
    return tuple(theirs[:1])


def other_readers(act: Act, customer_id: int, tried: Collection[str]) -> tuple[Contact, ...]:
    """Who gets what nobody could be reached with by these addresses, given by their keys: the next by role; or nobody.

    Who takes no mail is passed over.
    """
    customer = people.find_customer(act.conn, customer_id)
    left = [one for one in customer.contacts if address_key(one.address) not in tried] if customer else []
    dead = suppressions.reasons(act.conn, [one.address for one in left], now=act.now)
    alive = [one for one in left if address_key(one.address) not in dead]
    for role in (Role.INVOICE, Role.OWNER):
        if found := [one for one in alive if role in one.roles]:
            return _once(found)
    return tuple(alive[:1])


def _once(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple({address_key(one.address): one for one in reversed(tuple(contacts))}.values())[::-1]
