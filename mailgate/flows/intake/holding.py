"""Before mails are settled: what the decisions on them rest on is held, in the order that everybody keeps."""

import re
from collections.abc import Iterator, Sequence

from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.ticket.customer import claims_of
from mailgate.mail.address import address_key
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.people import staff_at
from store import locks, people
from store.billing import invoices
from store.desk import tickets
from store.post import outbox

_GIVES_TIME = re.compile(r"[!！﹗︕][^\n]{0,8}?(?:paid|defer|extend)[^\n]*", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_MAX_TEXT = 20_000  # characters

_MAX_IDS = 20
"""Of the mails that one answers: the thread's order is kept by the last few."""


def hold(act: Act, group: Sequence[Incoming]) -> None:
    """Whoever settles the same mail, another of its author, thread or ticket waits, and then sees what came of these.

    For all mails of the transaction at once: one after the other two groups would wait for each other.
    """
    if locks.has_one_writer(act.conn):
        return
    locks.hold(act.conn, (name for incoming in group for name in _names(incoming)))
    authors = {incoming.mailbox.address for incoming in group if incoming.mailbox}
    people.keep_accounts(
        act.conn, (contact.customer_id for one in authors for contact in people.contacts_with(act.conn, one))
    )
    people.change_accounts(act.conn, (number for incoming in group for number in _changed(act, incoming)))
    tickets.lock(act.conn, (number for incoming in group for number in _numbers(act, incoming)))


def _names(incoming: Incoming) -> Iterator[str]:
    """By which another mail may be known as the same, or as one of the same thread, before either is in a ticket.

    And its author, who is told of some things once and of others within a budget.
    """
    message, signed = incoming.message, incoming.evidence.signed
    yield f"digest {incoming.digest}"
    if incoming.mailbox:
        yield f"author {address_key(incoming.mailbox.address)}"
    yield from (f"seal {seal}" for seal in (signed.seals if signed else ()))
    ids = (message.message_id, *message.in_reply_to, *message.references[-_MAX_IDS:])
    yield from (f"mail {one}" for one in ids if one)


def _changed(act: Act, incoming: Incoming) -> Iterator[int]:
    """Accounts of which the mail may say when money comes: a few too many where the words only look like that."""
    message = incoming.message
    found = _GIVES_TIME.search(f"{message.subject}\n{message.text[:_MAX_TEXT]}")
    if found is None or incoming.mailbox is None:
        return
    yield from (one.customer_id for one in people.contacts_with(act.conn, incoming.mailbox.address))
    if staff_at(incoming.mailbox.address, act.staff):
        words = _WORD.findall(found[0])[:_MAX_IDS]
        yield from invoices.customers_of(act.conn, words)
        named = tickets.itself(act.conn, _numbers(act, incoming)).values()
        yield from (one.customer_id for one in named if one.customer_id is not None)


def _numbers(act: Act, incoming: Incoming) -> Iterator[int]:
    yield from claims_of(act, incoming).named
    token = incoming.token(Purpose.STAFF)
    if isinstance(token, AddressToken):
        yield token.object_id
    token = incoming.token(Purpose.MEND)
    lost = outbox.show(act.conn, token.object_id) if isinstance(token, AddressToken) else None
    if lost is not None and lost.notice.ticket_id is not None:
        yield lost.notice.ticket_id
