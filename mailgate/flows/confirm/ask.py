"""Put a question to whoever must confirm what was asked for: nothing is done before the yes that is needed.

Each of them gets a mail whose Reply-To is the proof: a signed address with a nonce that stands in that mail alone, good
once and until the question expires.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from mailgate.confirmation import (
    KINDS,
    LIMITS,
    Askee,
    Became,
    Confirmation,
    ConfirmKind,
    ConfirmState,
    Limits,
    Needed,
    QuestionClass,
    Statement,
    Whom,
)
from mailgate.desks import ServiceMailbox
from mailgate.flows.confirm.question import Why, put
from mailgate.flows.confirm.trail import ASKED, recorded
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.log_events import LogEvent
from mailgate.mail.address_token import AddressToken, Purpose, seal
from mailgate.mail.sender.evidence import Level
from mailgate.tickets.result import Result, about_question
from mailgate.tickets.ticket import Ticket
from store.post import confirmations, outbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for; `contact_id` or `staff_id` says who that is, and whose budget it counts in.

    `statement` is what will happen, exactly, `cost` what it will cost ("": nothing). `values` are what the deed of its
    kind needs besides the ticket. `whom`: who must say yes; the one who asks for it, where nobody is named.
    """

    kind: ConfirmKind
    statement: Statement
    values: Mapping[str, str]
    cost: str = ""
    ticket: Ticket | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    staff_id: int | None = None
    whom: tuple[Whom, ...] = ()
    needed: Needed = Needed.ALL


def ask(act: Act, incoming: Incoming, request: Request, *, replaces: Confirmation | None = None) -> Became | None:
    """Put a question; returns why not when none is put. `incoming` is the mail that asks for it.

    The same question is put once, each class has its budget, and a mail that nothing speaks for calls for none; that it
    answers the mail that was made for its author speaks for it.
    `replaces`: an open question that ends when this one is put.
    """
    if not incoming.evidence.at_least(Level.SPF) and not incoming.answers_own:
        return Became.UNVERIFIED
    ticket_id = request.ticket.id if request.ticket else None
    by = {"contact_id": request.contact_id, "staff_id": request.staff_id}
    if confirmations.same_open(act.conn, request.kind, request.values, ticket_id=ticket_id, now=act.now, **by):
        return Became.ASKED_ALREADY
    if _is_beyond_budget(act, request, replaced=int(replaces is not None)):
        return Became.TOO_MANY
    limits = _limits(act, request.kind)
    nonces = [(one, secrets.randbits(63)) for one in request.whom or (Whom(request.contact_id, request.staff_id),)]
    asked = confirmations.add(
        act.conn,
        {
            "kind": request.kind,
            "details": dict(request.values),
            "cost": request.cost,
            "customer_id": request.customer_id,
            "ticket_id": ticket_id,
            "spool_id": incoming.lent.spool_id,
            "evidence": incoming.evidence.level,
            "asked_at": act.now,
            "expires_at": act.now + limits.lifetime,
            **by,
        },
        nonces,
        statement=request.statement,
        needed=request.needed,
    )
    why = Why.EDITED if replaces else Why.ASKED
    if not _all_put(act, incoming, asked, [nonce for _, nonce in nonces], why):
        return Became.NO_MAIL
    if replaces:
        confirmations.end(act.conn, replaces.id, ConfirmState.REPLACED, replaced_by=asked.id)
    recorded(act, asked, ASKED, incoming)
    return None


def not_asked(act: Act, request: Request, why: Became) -> Result:
    """What a receipt says of a question that was not put."""
    limits = _limits(act, request.kind)
    return about_question(why, request.statement, open=limits.open, per_day=limits.per_day)


def put_again(act: Act, incoming: Incoming, asked: Confirmation, askee: Askee) -> bool:
    """Send one of those who are asked the question once more, with a further address for his answer."""
    nonce = secrets.randbits(63)
    if not put(act, incoming, asked, askee, _answer_to(act, asked, askee, nonce), why=Why.REPLACED):
        return False
    confirmations.send_again(act.conn, askee.id, nonce)
    return True


def _all_put(act: Act, incoming: Incoming, asked: Confirmation, nonces: list[int], why: Why) -> bool:
    """Send everybody his mail; where one that is needed cannot be sent nobody is asked."""
    before = len(act.outgoing)
    sent = [
        put(act, incoming, asked, askee, _answer_to(act, asked, askee, nonce), why=why)
        for askee, nonce in zip(asked.askees, nonces, strict=True)
    ]
    if all(sent) if asked.needed is Needed.ALL else any(sent):
        return True
    for outbox_id in act.queued_since(before):
        outbox.cancel(act.conn, outbox_id)
    del act.outgoing[before:]
    confirmations.withdraw(act.conn, asked.id)
    log.warning(LogEvent.NOT_ASKED(spool=incoming.lent.spool_id, kind=asked.kind.value))
    return False


def _answer_to(act: Act, asked: Confirmation, askee: Askee, nonce: int) -> str:
    recipient = askee.whom.contact_id or askee.whom.staff_id or 0
    token = AddressToken(Purpose.CONFIRM, nonce, recipient, asked.expires_at.date())
    return f"{ServiceMailbox.CONFIRM.value}+{seal(token, act.key)}@{act.settings.gate.domain}"


def _is_beyond_budget(act: Act, request: Request, *, replaced: int) -> bool:
    of = KINDS[request.kind].of
    open_now, recent = confirmations.counts(
        act.conn,
        of,
        customer_id=request.customer_id,
        staff_id=request.staff_id,
        since=act.now - timedelta(days=1),
        now=act.now,
    )
    limits = _limits(act, request.kind)
    return open_now - replaced >= limits.open or recent >= limits.per_day


def _limits(act: Act, kind: ConfirmKind) -> Limits:
    of = KINDS[kind].of
    if of is not QuestionClass.MONEY:
        return LIMITS[of]
    many = act.settings.budgets.staff_money_questions_per_day
    return replace(LIMITS[of], open=many, per_day=many)
