"""What a person does about a refund: records what was sent, asks the provider once more, or lets it be credit."""

from dataclasses import replace

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import BANK, CASH
from mailgate.billing.ledger.accounts import provider as account_of
from mailgate.billing.refund import RefundState, Way
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.money.refund import kept
from mailgate.flows.billing.money.settle import BadMethod, into
from mailgate.flows.billing.money.tell_payer import tell_refunded
from store.billing import disputes, ledger, payments, refunds
from store.billing.refunds import Refund


class NotPossibleNow(Permanent):
    """A refund that stands otherwise; `str()` says how."""


def record(deal: Deal, refund: Refund, *, method: str, reference: str) -> Refund:
    """A check or transfer was sent: the task is done, and the payer hears of it. Raises NotPossibleNow, BadMethod."""
    is_left = _refuse_unless_task(deal, refund)
    out_of = into(method)
    if out_of not in (BANK, CASH) and not (is_left and out_of == account_of(refund.provider)):
        raise BadMethod(f"{method!r} sends nothing by hand: write check, transfer or cash")
    whose = events.Whose(refund.customer_id, deal.issue_day, refund.currency)
    ledger.book(deal.conn, [events.refund(refund.id, whose, amount_minor=refund.amount_minor, by=out_of)], now=deal.now)
    done = replace(
        refund,
        way=Way.BY_HAND,
        state=RefundState.RECORDED,
        method=method.casefold(),
        reference=reference,
        ended_at=deal.now,
        told_at=deal.now,
        due_at=None,
    )
    refunds.write(deal.conn, done)
    tell_refunded(deal, done)
    return done


def retry(deal: Deal, refund: Refund) -> Refund:
    """The provider is asked at once: how it stands, or, for a task, to send it after all, by a refund of its own.

    Raises NotPossibleNow.
    """
    if refund.state in (RefundState.WANTED, RefundState.IN_DOUBT, RefundState.PENDING, RefundState.SUCCEEDED):
        if not refunds.is_lent(deal.conn, refund.id, now=deal.now):
            refunds.write(deal.conn, replace(refund, due_at=deal.now))
        return replace(refund, due_at=deal.now)
    _refuse_unless_task(deal, refund)
    paid = payments.get(deal.conn, refund.payment_id) if refund.payment_id is not None else None
    ours = deal.books.settings.payments
    if paid is None or not ours.is_automatic or ours.provider.value != paid.provider:
        raise NotPossibleNow(
            f"refund {refund.id} is of money that no provider has: "
            f"send it, then `mailgate refund record {refund.id} --method transfer --reference R`"
        )
    if disputes.is_charged_back(deal.conn, refund.payment_id):
        raise NotPossibleNow(f"the bank has taken payment {refund.payment_id} back: nothing of it can be sent")
    before = replace(refund, state=RefundState.FAILED, ended_at=deal.now, told_at=deal.now)
    refunds.write(deal.conn, before)
    anew = replace(
        refund, id=0, way=Way.PROVIDER, provider=paid.provider, state=RefundState.WANTED, provider_id=None, code="",
        made_at=deal.now, told_at=None, due_at=deal.now, attempts=0,
    )  # fmt: skip
    return replace(anew, id=refunds.add(deal.conn, anew))


def keep(deal: Deal, refund: Refund) -> Refund:
    """It is not sent: it is credit, and pays what falls due. Raises NotPossibleNow."""
    _refuse_unless_task(deal, refund)
    done = replace(kept(deal, refund), told_at=deal.now)
    refunds.write(deal.conn, done)
    return done


def _refuse_unless_task(deal: Deal, refund: Refund) -> bool:
    """Whether it is left with a provider whom nobody can ask, which knows more of it than a task."""
    if refund.state is RefundState.TASK:
        return False
    is_doubtful = refund.state in (RefundState.WANTED, RefundState.IN_DOUBT)
    if is_doubtful and refund.provider != deal.books.settings.payments.asked:
        if refunds.is_lent(deal.conn, refund.id, now=deal.now):
            raise NotPossibleNow(f"refund {refund.id} is in the hands of a worker: try again in some minutes")
        return True
    hint = {
        RefundState.RECORDED: f"it was sent by {refund.method}, {refund.reference}",
        RefundState.SUCCEEDED: "the provider has sent it",
        RefundState.FAILED: "a later one has taken its place",
        RefundState.KEPT: "it is credit",
    }.get(refund.state, "the provider is asked: `mailgate refund retry` looks at once")
    raise NotPossibleNow(f"refund {refund.id} is {refund.state}, and no task: {hint}")
