"""What of the money that comes and goes needs a person: refunds, chargebacks, and links."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from mailgate.billing.refund import TOLD_BEFORE
from mailgate.config.settings import Payments
from store.billing.former import Left
from store.billing.money_queues import MoneyQueues
from workers.attention import Attention

SHOWN = 5
"""Ids of one kind that are named."""


def of_money(found: MoneyQueues, today: date) -> Iterator[Attention]:
    """What it calls for; `today` is the day where the gate is."""
    if (due_on := found.refunds_due_on) is not None and due_on - today <= TOLD_BEFORE:
        message = f"money that is to go back has not been sent, the first of it due on {due_on}"
        hint = "mailgate refund list; refund record for what a person has sent, refund retry for the rest"
        yield Attention("refunds_due", message, hint, fault=False)
    if found.disputes:
        message = f"{_counted(found.disputes, 'payment')} charged back, which the provider has not ended"
        yield Attention("disputes_open", message, "answer it at the provider; mailgate dispute list", fault=False)
    if found.owed:
        message = (
            f"{_counted(found.owed, 'sum')} owed without an invoice: money was taken back that had gone back before"
        )
        hint = (
            "mailgate dispute owed; dispute settle takes it from the customer's credit, dispute write-off gives it up"
        )
        yield Attention("owed_without_invoice", message, hint, fault=False)
    if found.links_tried:
        message = f"the provider does not make links to pay by: {found.links_tried} so far in vain"
        hint = "the log says why; mailgate doctor asks the provider; they are tried again"
        yield Attention("links_late", message, hint, fault=False)


def of_former(found: Iterable[Left], payments: Payments) -> Iterator[Attention]:
    """What is left with a provider whom the settings name no more, and who can be asked about it."""
    for one in found:
        things = ("charge", one.charges), ("refund", one.refunds), ("link", one.links)
        words = ", ".join(_named(noun, ids) for noun, ids in things if ids)
        message = f'payments.provider is "{payments.provider}", and {one.provider} still has {words}'
        hint = "they are looked at and cancelled as long as payments.secret_key_file names its key"
        if one.provider != payments.asked:
            hint = "name its key in payments.secret_key_file again, or end them: docs/payments.md, Another provider"
        yield Attention("former_provider", message, hint, fault=False)


def as_json(found: MoneyQueues) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "links": {
            "wanted": found.links_wanted,
            "open": found.links_open,
            "under_way": found.links_under_way,
        },
        "refunds": {
            "on_their_way": found.refunds_on_their_way,
            "to_send": found.refunds_to_send,
            "due_on": found.refunds_due_on.isoformat() if found.refunds_due_on else None,
        },
        "disputes": {"open": found.disputes, "owed_without_invoice": found.owed},
    }


def gauges(found: MoneyQueues) -> Mapping[str, int]:
    """For metrics: how much waits in each queue."""
    return {
        "links_wanted": found.links_wanted,
        "links_open": found.links_open,
        "links_under_way": found.links_under_way,
        "refunds_on_their_way": found.refunds_on_their_way,
        "refunds_to_send": found.refunds_to_send,
        "disputes": found.disputes,
        "owed_without_invoice": found.owed,
    }


def _named(noun: str, ids: Sequence[int]) -> str:
    some = ", ".join(map(str, ids[:SHOWN])) + (" …" if len(ids) > SHOWN else "")
    return f"{len(ids)} {noun}{'s' if len(ids) > 1 else ''} ({some})"


def _counted(number: int, noun: str) -> str:
    return f"1 {noun} is" if number == 1 else f"{number} {noun}s are"
