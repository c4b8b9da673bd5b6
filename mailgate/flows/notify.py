"""The send gate: every mail of ours passes here, in the transaction of the event that called for it."""

import logging
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from mailgate.flows.act import Act
from mailgate.flows.incoming import Incoming
from mailgate.mail import message_id
from mailgate.mail.address import address_key
from mailgate.mail.address_token import AddressToken, Purpose, seal
from mailgate.mail.notice import Notice, Template
from mailgate.tickets.desks import Desk, ServiceMailbox, is_ours
from mailgate.tickets.notices import ReplyAddress
from store import outbox, tickets, unsent

log = logging.getLogger(__name__)

TOKEN_LIFETIME = timedelta(days=60)
"""A reply later than this opens a ticket of its own, linked to the old one."""

BUDGETED = ((Template.ACKNOWLEDGEMENT, Template.LEFT_OUT, Template.HELD), (Template.SIGN_IN,))
"""What a stranger's program could make us send without end; each group has the budget for itself."""


def notify(
    act: Act, notices: Sequence[Notice], *, cause: Incoming | None, hold_until: datetime | None = None
) -> tuple[int, ...]:
    """Queue these mails and return the ids of those that may go at once: their jobs are sent after the commit.

    `cause`: the mail that called for them; None for what a deadline, a delivery or the command line did.
    Dropped, with a line in the log: mail to an address of ours, and answers beyond the budgets. Where the budget is
    not the reader's own, a row in `unsent` makes `mailgate status` tell of it: somebody else used it up.
    """
    queued: list[int] = []
    named: defaultdict[int, list[str]] = defaultdict(list)  # our message ids by ticket
    for notice in notices:
        own = _obstacle(act, notice)
        others = None if own else _obstacle_in_all(act, notice)
        if others:
            unsent.add(act.conn, notice, reason=others, now=act.now)
        if obstacle := own or others:
            log.warning("not sent template=%s to=%s reason=%r", notice.template.value, notice.to_address, obstacle)
            continue
        outbox_id, own_id = _queue(act, notice, hold_until)
        if notice.ticket_id is not None:
            named[notice.ticket_id].append(own_id)
        if hold_until is None:
            queued.append(outbox_id)
    for ticket_id, ids in named.items():
        tickets.remember_ids(act.conn, ticket_id, ids)
    return tuple(queued)


def reply_address(act: Act, purpose: Purpose, desk: Desk) -> ReplyAddress:
    """Makes `<desk>+<token>@<domain>`: where the reply of one person to one ticket goes."""
    return partial(_reply_address, act, purpose, desk)


def list_number(at: datetime) -> int:
    """What the reply address of a list names it by, since its row has no number yet: the second it was made in."""
    return int((at - outbox.LISTS_SINCE).total_seconds())


def _reply_address(act: Act, purpose: Purpose, desk: Desk, ticket_id: int, person_id: int) -> str:
    token = AddressToken(purpose, ticket_id, person_id, act.today + TOKEN_LIFETIME)
    return f"{desk.mailbox.local_part}+{seal(token, act.key)}@{desk.mailbox.domain}"


def _queue(act: Act, notice: Notice, hold_until: datetime | None) -> tuple[int, str]:
    domain = act.settings.gate.domain
    nonce = secrets.token_hex(5)

    def own_id(outbox_id: int) -> str:
        return message_id.make("o", outbox_id, nonce, domain)

    def return_path(outbox_id: int) -> str:
        if notice.reverse_path is not None:
            return notice.reverse_path
        token = AddressToken(Purpose.VERP, outbox_id, 0, act.today + TOKEN_LIFETIME)
        return f"{ServiceMailbox.BOUNCE.value}+{seal(token, act.key)}@{domain}"

    outbox_id = outbox.add(
        act.conn, notice, message_id=own_id, reverse_path=return_path, hold_until=hold_until, now=act.now
    )
    return outbox_id, own_id(outbox_id)


def _obstacle(act: Act, notice: Notice) -> str | None:
    if is_ours(notice.to_address, act.settings.desks, act.settings.gate.domain):
        return "the address is ours"
    group = _budgeted_with(notice)
    if group is None:
        return None
    budgets = act.settings.budgets
    day = outbox.recent_to(act.conn, notice.to_address, group, since=act.now - timedelta(days=1))
    if day >= budgets.acknowledgements_per_address_day:
        return f"{day} automatic answers to this address within a day"
    if day >= budgets.acknowledgements_per_address_hour:
        hour = outbox.recent_to(act.conn, notice.to_address, group, since=act.now - timedelta(hours=1))
        if hour >= budgets.acknowledgements_per_address_hour:
            return f"{hour} automatic answers to this address within an hour"
    return None


def _obstacle_in_all(act: Act, notice: Notice) -> str | None:
    """Whoever forges a sender anew for each mail keeps within the budget of each address."""
    group = _budgeted_with(notice)
    if group is None:
        return None
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


def _budgeted_with(notice: Notice) -> Sequence[Template] | None:
    return next((group for group in BUDGETED if notice.template in group), None)
