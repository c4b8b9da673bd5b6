"""How much money waits for somebody: links to pay by, refunds and chargebacks, in numbers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, func, select

from mailgate.billing.refund import UNSENT, RefundState
from store.billing import owed
from store.billing.disputes import State as DisputeState
from store.billing.offers import OfferStanding
from store.schema import disputes, offers, refunds

OF_REFUNDS = (RefundState.WANTED, RefundState.IN_DOUBT, RefundState.PENDING, RefundState.TASK)
"""Those of which more is to come."""


@dataclass(frozen=True, slots=True)
class MoneyQueues:
    """How they stand at an instant."""

    links_wanted: int  # that the provider is still to make
    links_open: int
    links_under_way: int  # of the open ones: somebody has paid, and it takes days
    links_tried: int  # of the wanted ones: in vain so far
    refunds_on_their_way: int  # the provider is to send them, or has not said what came of it
    refunds_to_send: int  # by check or transfer: a person's task
    refunds_due_on: date | None  # the first deadline of all that is not sent
    disputes: int  # open ones
    owed: int = 0  # sums that no invoice asks for, since money was taken back that had gone back before


def standing(conn: Connection) -> MoneyQueues:
    """Look at all of them; each is found by an index, but what is owed without an invoice, by the balances."""
    wanted, is_open = (offers.c.state == one.value for one in (OfferStanding.WANTED, OfferStanding.OPEN))
    links = conn.execute(
        select(
            func.sum(case((wanted, 1), else_=0)),
            func.sum(case((is_open, 1), else_=0)),
            func.sum(case((is_open & offers.c.is_under_way, 1), else_=0)),
            func.sum(case((wanted & (offers.c.attempts > 1), 1), else_=0)),
        ).where(offers.c.due_at.is_not(None))  # each that waits for anything is looked at again
    ).one()
    is_task = refunds.c.state == RefundState.TASK.value
    unsent = refunds.c.state.in_([state.value for state in UNSENT])
    back = conn.execute(
        select(
            func.sum(case((is_task, 0), else_=1)),
            func.sum(case((is_task, 1), else_=0)),
            func.min(case((unsent, refunds.c.deadline_on))),
        ).where(refunds.c.state.in_([state.value for state in OF_REFUNDS]))
    ).one()
    open_disputes = select(func.count()).select_from(disputes).where(disputes.c.state == DisputeState.OPEN.value)
    wanted_links, open_links, paying, tried = (int(number or 0) for number in links)
    return MoneyQueues(
        links_wanted=wanted_links,
        links_open=open_links,
        links_under_way=paying,
        links_tried=tried,
        refunds_on_their_way=int(back[0] or 0),
        refunds_to_send=int(back[1] or 0),
        refunds_due_on=back[2],
        disputes=int(conn.execute(open_disputes).scalar_one()),
        owed=len(owed.listing(conn)),
    )
