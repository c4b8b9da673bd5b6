"""What the ladder knows of accounts that owe something, read with a constant number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.dunning import Kind, Outcome, Owed, Warned
from mailgate.billing.period import local_date
from mailgate.billing.service import UNPAID, Service, State
from mailgate.flows.billing.books import Payer
from mailgate.mail.address import address_key
from store.billing import disputes, dunning, promises, refunds
from store.billing.dunning import Climb, Mail, StepDone
from store.billing.in_flight import in_flight
from store.billing.invoices import Issued
from store.billing.promises import Promise
from store.post.outbox import OutState

_LOST = frozenset({OutState.FAILED, OutState.CANCELLED})
_TOLD = frozenset({Outcome.SENT, Outcome.REMINDED, Outcome.WARNED, Outcome.NOBODY})
_BROUGHT = frozenset({DocumentState.ISSUED, DocumentState.PAID})


@dataclass(frozen=True, slots=True)
class Debtor:
    """An account with what is open of it, what was done about that, and what was promised."""

    payer: Payer
    invoices: tuple[Issued, ...]  # that are open, or still to be brought; oldest due first
    done: Mapping[int, Sequence[StepDone]]  # by invoice
    mails: Mapping[int, Mail]
    promises: tuple[Promise, ...]  # that run
    billed: Mapping[int, frozenset[int]]  # the services that an invoice bills, ended ones too
    reminded_on: date | None
    in_flight: bool = False  # money of theirs is on its way
    waits_for_go: bool = False  # of staff, who let each day go on
    too_little: frozenset[str] = frozenset()  # currencies in which less is open than the provider takes
    goes_back: frozenset[int] = frozenset()  # invoices of whose own money some may be on its way back
    disputed_until: date | None = None  # a payment was charged back: staff have so long to decide

    @property
    def rests(self) -> bool:
        """Nobody of this account gets mail about money from here."""
        return self.payer.account.billed_elsewhere or self.payer.customer.removed_at is not None

    def theirs(self, invoice: Issued) -> tuple[Service, ...]:
        """Services that an invoice bills and that have not ended, with their add-ons.

        What was sold once is not among them: there is nothing of it to switch off.
        """
        billed = self.billed.get(invoice.id, frozenset())
        found = (one for one in self.payer.services if one.id in billed or one.parent_id in billed)
        return tuple(one for one in found if one.is_recurring)

    def owed(self, invoice: Issued, *, may_repeat: bool = False) -> Owed:
        """An invoice as the rule takes it. `may_repeat`: what reached nobody may still reach somebody else."""
        climb = self.climb(invoice)
        services = self.theirs(invoice)
        return Owed(
            invoice.due_on,
            invoice.issued_at,
            self.payer.zone,
            is_open=invoice.open_minor > 0,
            brings=invoice.state in _BROUGHT,
            rests_until=later(promises.rests_until(self.promises, invoice.id), self.disputed_until),
            in_flight=self._waits(invoice),
            is_on=any(one.state is State.ACTIVE for one in services),
            is_off=any(is_off(one) for one in services),
            done=climb.done,
            suspended_at=next((one.done_at for one in climb.steps if one.outcome is Outcome.SUSPENDED), None),
            suspension=self.warned(invoice, Kind.SUSPEND_WARNING, may_repeat=may_repeat),
            end=self.warned(invoice, Kind.END_WARNING, may_repeat=may_repeat),
            reopened_on=climb.reopened_on,
        )

    def _waits(self, invoice: Issued) -> bool:
        """What is to be paid of it may be less tomorrow, or nobody may ask for it today."""
        is_moving = self.in_flight or invoice.id in self.goes_back
        return is_moving or self.waits_for_go or invoice.currency in self.too_little

    def climb(self, invoice: Issued) -> Climb:
        """What was done about it since it is open."""
        return dunning.last_climb(self.done.get(invoice.id, ()))

    def counted_from(self, invoice: Issued) -> date:
        """The day from which its steps are counted."""
        return max(invoice.due_on, self.climb(invoice).reopened_on or invoice.due_on)

    def warned(self, invoice: Issued, kind: Kind, *, may_repeat: bool) -> Warned:
        """How the last warning of this kind stands: delivered once the next server has it, unless it came back."""
        given = [one for one in self.climb(invoice).steps if _warns_of(one) is kind]
        if not given:
            return Warned()
        mails = self.mails_of(given[-1])
        arrived = [at for one in mails if (at := one.delivered_at) is not None]
        is_lost = all(one.state in _LOST for one in mails)
        was_dropped = any(one.state is OutState.CANCELLED for one in mails)  # it was no longer so, and is again
        return Warned(len(given), min(arrived, default=None), is_lost, is_lost and (may_repeat or was_dropped))

    def lost(self, invoice: Issued) -> StepDone | None:
        """The last step that was to reach somebody, where nobody can be reached by it any more."""
        told = [one for one in self.climb(invoice).steps if one.outcome in _TOLD]
        if told and all(one.state is OutState.FAILED for one in self.mails_of(told[-1])):
            return told[-1]
        return None

    def tried(self, invoice: Issued) -> frozenset[str]:
        """Keys of addresses that were written to about it in vain."""
        mails = (mail for one in self.done.get(invoice.id, ()) for mail in self.mails_of(one))
        return frozenset(address_key(one.to_address) for one in mails if one.state is OutState.FAILED)

    def mails_of(self, step: StepDone) -> list[Mail]:
        """As they stand."""
        return [self.mails[number] for number in step.outbox_ids if number in self.mails]


def later(*days: date | None) -> date | None:
    """The last of these days; None where there is none."""
    return max((day for day in days if day is not None), default=None)


def is_off(service: Service) -> bool:
    """It was suspended because nobody paid, not by staff."""
    return service.state is State.SUSPENDED and service.suspended_for == UNPAID


def debtors(conn: Connection, payers: Mapping[int, Payer], *, now: datetime) -> list[Debtor]:
    """What is known of these accounts, which are locked."""
    theirs = dunning.on_the_ladder(conn, payers)
    numbers = [one.id for found in theirs.values() for one in found]
    done = dunning.done(conn, numbers)
    mails = dunning.mails(conn, [number for steps in done.values() for one in steps for number in one.outbox_ids])
    running = promises.running(conn, payers)
    billed = dunning.billed_services(conn, numbers)
    reminded = dunning.last_reminded(conn, payers)
    on_its_way, disputed = in_flight(conn, payers), disputes.rests_until(conn, payers)
    goes_back = refunds.own_money_goes_back(conn, payers)
    return [
        Debtor(
            payer,
            tuple(theirs.get(number, ())),
            done,
            mails,
            tuple(running.get(number, ())),
            {key: frozenset(value) for key, value in billed.items()},
            local_date(reminded[number], payer.zone) if number in reminded else None,
            number in on_its_way,
            goes_back=goes_back,
            disputed_until=local_date(disputed[number], payer.zone) if number in disputed else None,
        )
        for number, payer in payers.items()
    ]


def _warns_of(one: StepDone) -> Kind | None:
    """Of what a step that was done has warned; a warning for which there was nobody counts as given and lost."""
    if one.step.startswith(Kind.END_WARNING.value):
        return Kind.END_WARNING
    if one.outcome is Outcome.WARNED or one.step.startswith(Kind.SUSPEND_WARNING.value):
        return Kind.SUSPEND_WARNING if one.outcome is not Outcome.SKIPPED else None
    return None
