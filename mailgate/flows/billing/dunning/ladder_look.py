"""A look at accounts on the ladder: what is due of each, told in one mail, and written down with it."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from mailgate.billing import dunning as rule
from mailgate.billing.dunning import Kind, Next, Outcome, Rules, Step
from mailgate.billing.period import local_date
from mailgate.billing.promise import Ended
from mailgate.billing.service import Service, State
from mailgate.flows.billing.books import Books, Deal, Today, text_of
from mailgate.flows.billing.dunning.consequences import end_for, suspend_for
from mailgate.flows.billing.dunning.ladder_notes import NO_MAILS, SOON, Deed, Notes
from mailgate.flows.billing.dunning.late_fee import LATE_FEE, charge_late_fee
from mailgate.flows.billing.dunning.reminder import Due, template_of
from mailgate.flows.billing.invoicing.offers import waits_for_link
from mailgate.flows.billing.money.owing import Debtor, is_off
from mailgate.flows.billing.told.charge_words import announced_charge
from mailgate.flows.billing.told.letters import Consequence, invoice_notices, unreachable_notices
from mailgate.flows.billing.told.payers import by_role, other_readers
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.log_events import LogEvent
from mailgate.people import Contact, Role
from store.billing import ledger, promises, services
from store.billing.cards import SavedCard
from store.billing.dunning import StepDone
from store.billing.invoices import Issued

log = logging.getLogger(__name__)

THE_LADDER = "the ladder"
"""Who suspends and ends what nobody pays for."""

_WARNINGS = {Kind.SUSPEND_WARNING: "suspend", Kind.END_WARNING: "end"}


@dataclass(slots=True)
class Look:
    """A look at several accounts; `notes`: what is to be written of it."""

    act: Act
    books: Books
    rules: Rules
    have_credit: frozenset[int]
    dead: frozenset[str]  # keys of addresses of these accounts that take no mail
    notes: Notes
    cards: Mapping[int, SavedCard] = field(default_factory=dict)  # that can be charged, by customer

    def at(self, debtor: Debtor) -> None:
        """All that is due of one account."""
        if debtor.rests:
            self.notes.looks.update({one.id: None for one in debtor.invoices})
            return
        debtor = self._without_broken_promises(debtor)
        reminders: list[Due] = []
        for invoice in debtor.invoices:
            lost = debtor.lost(invoice)
            others = other_readers(self.act, debtor.payer.customer.id, debtor.tried(invoice)) if lost else ()
            owed = debtor.owed(invoice, may_repeat=bool(others))
            found = rule.due(owed, self.rules, now=self.act.now, reminded_on=debtor.reminded_on)
            if found.mail is not None and waits_for_link(self.act.conn, self.act.settings, invoice, now=self.act.now):
                self.notes.looks[invoice.id] = self.act.now + SOON
                continue
            if lost and invoice.open_minor:
                self._mend(debtor, invoice, lost, others, is_over=found.mail is not None)
            self.notes.looks[invoice.id] = found.look_at
            for step in found.skipped:
                self._note(debtor, invoice, step, Outcome.SKIPPED)
            if found.mail is not None and found.mail.kind is Kind.CREATED:
                on = max(invoice.due_on, self._today(debtor))
                charge = self._charge(debtor, (invoice,), on)
                mails = self._write(debtor, Template.INVOICE_CREATED, invoice, with_file=True, charge=charge)
                self._note(debtor, invoice, found.mail, Outcome.SENT, mails)
            elif found.mail is not None:
                is_new = rule.CREATED in found.skipped or (lost is not None and lost.step == rule.CREATED.name)
                reminders.append(Due(invoice, found.mail, is_new, others))
            if found.consequence is not None:
                debtor = self._consequence(debtor, invoice, found)
        if reminders:
            self._remind(debtor, reminders)

    def declined(self, debtor: Debtor, invoice_ids: Collection[int], told: Mapping[str, object]) -> None:
        """A charge of these invoices came to nothing, and that is said in the place of what is due today."""
        mine = [one for one in debtor.invoices if one.id in invoice_ids and one.open_minor]
        if not mine:
            return
        begins = max(self.act.now, self.rules.starts(self._today(debtor), debtor.payer.zone))
        reminders = []
        for invoice in debtor.invoices:
            found = rule.due(debtor.owed(invoice), self.rules, now=begins, reminded_on=debtor.reminded_on)
            if found.mail is not None and found.mail.kind is not Kind.CREATED:
                reminders.append(Due(invoice, found.mail, rule.CREATED in found.skipped, ()))
                for step in found.skipped:
                    self._note(debtor, invoice, step, Outcome.SKIPPED)
        if reminders:
            self._remind(debtor, reminders, told)
        else:
            self._write(debtor, Template.PAYMENT_FAILED, mine[0], also=mine[1:], charge=told)

    def _today(self, debtor: Debtor) -> date:
        return local_date(self.act.now, debtor.payer.zone)

    def _without_broken_promises(self, debtor: Debtor) -> Debtor:
        """Those whose day is over, while something is open still, have ended."""
        today = self._today(debtor)
        broken = [one.id for one in debtor.promises if one.until_on < today]
        promises.end(self.act.conn, broken, Ended.UNMATCHED, now=self.act.now)
        return replace(debtor, promises=tuple(one for one in debtor.promises if one.until_on >= today))

    def _mend(
        self, debtor: Debtor, invoice: Issued, lost: StepDone, others: Sequence[Contact], *, is_over: bool
    ) -> None:
        """Nobody has got the last mail about it: others get it; without others staff are to reach the customer.

        `is_over`: another mail is due by now. A warning is given anew with a day of its own.
        """
        climb = debtor.climb(invoice)
        if not others and rule.UNREACHABLE not in climb.done:
            tried = sorted({mail.to_address for one in debtor.done[invoice.id] for mail in debtor.mails_of(one)})
            log.warning(LogEvent.UNREACHABLE(customer=invoice.customer_id, invoice=invoice.number))
            mails = self.notes.send(unreachable_notices(self.act, invoice, tried))
            self.notes.deeds.append(
                Deed(invoice.id, rule.UNREACHABLE, self._today(debtor), Outcome.TOLD, mails, climb.number)
            )
        elif others and not is_over and lost.outcome is not Outcome.WARNED:
            is_new = lost.step == rule.CREATED.name
            kind = Kind.CREATED if is_new else Kind.REMINDER
            template = template_of(kind, invoice, self._today(debtor))
            mails = self._write(debtor, template, invoice, with_file=is_new, to=others)
            self.notes.repeated.append((replace(lost, outcome=Outcome.SENT if is_new else Outcome.REMINDED), mails))

    def _remind(self, debtor: Debtor, reminders: Sequence[Due], declined: Mapping[str, object] | None = None) -> None:
        """One mail for all: the gravest that is due, and what it does not say waits until tomorrow.

        `declined`: a charge that came to nothing just now, of which it tells first.
        """
        today = self._today(debtor)
        kind = max((one.step.kind for one in reminders), key=list(Kind).index)
        warned = [one for one in reminders if one.step.kind is kind]
        consequence = None
        if kind in _WARNINGS:
            on = min(self._named(debtor, one.invoice, kind, today) for one in warned)
            warned = [one for one in warned if self._named(debtor, one.invoice, kind, today) == on]
            consequence = Consequence(_WARNINGS[kind], on, self._names(debtor, [one.invoice for one in warned], kind))
        told = (
            warned
            if kind is Kind.REMINDER
            else [*warned, *(one for one in reminders if one.step.kind is Kind.REMINDER)]
        )
        main = told[0]
        numbers = {one.invoice.id for one in told}
        also = [
            one for one in debtor.invoices if one.id != main.invoice.id and self._is_named(debtor, one, numbers, today)
        ]
        charge = declined or self._announced(debtor, kind, (main.invoice, *also), today)
        template = Template.CHARGE_NOTICE if charge else template_of(kind, main.invoice, today)
        mails = self._write(
            debtor,
            Template.PAYMENT_FAILED if declined else template,
            main.invoice,
            also=also,
            consequence=consequence,
            with_file=main.is_new,
            to=main.others,
            charge=charge,
        )
        for one in told:
            outcome = Outcome.WARNED if one.step.kind in _WARNINGS else Outcome.REMINDED
            self._note(debtor, one.invoice, one.step, outcome, mails)
            self._charge_late_fee(debtor, one.invoice, today)
        tomorrow = self.rules.starts(today + timedelta(days=1), debtor.payer.zone)
        self.notes.looks.update({one.invoice.id: tomorrow for one in reminders if one.invoice.id not in numbers})

    def _announced(
        self, debtor: Debtor, kind: Kind, named: Sequence[Issued], today: date
    ) -> Mapping[str, object] | None:
        """The charge that is to come, in the place of a reminder before the due date; None: there is none."""
        on = named[0].due_on
        if kind is not Kind.REMINDER or on <= today or len({one.due_on for one in named}) > 1:
            return None
        return self._charge(debtor, named, on)

    def _charge(self, debtor: Debtor, named: Sequence[Issued], on: date) -> Mapping[str, object] | None:
        """Of these invoices on a day, which is all that their payer has to know; None: the card will not be charged."""
        card = self.cards.get(debtor.payer.customer.id)
        if card is None or not card.works(on) or len({one.currency for one in named}) > 1:
            return None
        currency = named[0].currency
        credit = ledger.credit(self.act.conn, debtor.payer.customer.id, currency)
        return announced_charge(self.act, card, sum(one.open_minor for one in named) - credit, currency, on)

    def _charge_late_fee(self, debtor: Debtor, invoice: Issued, today: date) -> None:
        """Once, with the first reminder after the due date."""
        if not self.act.settings.billing.late_fee or today <= debtor.counted_from(invoice):
            return
        if any(one.step == LATE_FEE for one in debtor.done.get(invoice.id, ())):
            return
        deal = Deal(self.act.conn, self.books, debtor.payer, Today(self.act.now), THE_LADDER)
        if charge_late_fee(deal, invoice):
            self.notes.deeds.append(Deed(invoice.id, LATE_FEE, today, Outcome.CHARGED, NO_MAILS))

    def _is_named(self, debtor: Debtor, one: Issued, numbers: set[int], today: date) -> bool:
        """Beside what has reached a step, a reminder names what is due and does not rest."""
        rests = promises.rests_until(debtor.promises, one.id) is not None or one.id in debtor.goes_back
        return one.id in numbers or (one.open_minor > 0 and one.due_on <= today and not rests)

    def _named(self, debtor: Debtor, invoice: Issued, kind: Kind, today: date) -> date:
        return rule.consequence_on(debtor.owed(invoice), self.rules, kind, today=today)

    def _names(self, debtor: Debtor, warned: Sequence[Issued], kind: Kind) -> tuple[str, ...]:
        """What would be suspended, or would end."""
        touched = [
            one
            for one in _of_all(debtor, warned)
            if (is_off(one) if kind is Kind.END_WARNING else one.state is State.ACTIVE)
        ]
        return tuple(text_of(self.books.product(self.act.conn, one.product_id), one) for one in touched)

    def _consequence(self, debtor: Debtor, invoice: Issued, found: Next) -> Debtor:
        """Suspend or end what an invoice bills, or note that its end was seen coming; the account as it is then."""
        step = found.consequence
        assert step is not None
        if step.kind is Kind.END_WATCH:
            self._watch(debtor, invoice, step)
            return debtor
        deal = Deal(self.act.conn, self.books, debtor.payer, Today(self.act.now), THE_LADDER)
        if step.kind is Kind.SUSPEND:
            mails, outcome = self.notes.send(suspend_for(self.act, deal, debtor, invoice)), Outcome.SUSPENDED
        else:
            mails, outcome = self.notes.send(end_for(self.act, deal, debtor, invoice)), Outcome.ENDED
        self._note(debtor, invoice, step, outcome, mails)
        number = debtor.payer.customer.id
        now_theirs = services.of_accounts(self.act.conn, (number,)).get(number, ())
        return replace(debtor, payer=replace(debtor.payer, services=tuple(now_theirs)))

    def _watch(self, debtor: Debtor, invoice: Issued, step: Step) -> None:
        """The end was seen coming. After a clock that went back it is seen anew."""
        on, climb = self._today(debtor), debtor.climb(invoice)
        if step.name in climb.done:
            watched = StepDone(invoice.id, step.name, on, self.act.now, Outcome.WATCHED, climb=climb.number)
            self.notes.again.append(watched)
        else:
            self.notes.deeds.append(Deed(invoice.id, step.name, on, Outcome.WATCHED, NO_MAILS, climb.number))

    def _write(
        self, debtor: Debtor, template: Template, invoice: Issued, *, to: Sequence[Contact] = (), **more: Any
    ) -> slice:
        """A mail about an invoice to whoever gets mail about money, or to others."""
        customer = debtor.payer.customer
        readers = to or by_role(customer.contacts, self.dead, Role.INVOICE)
        has_credit = customer.id in self.have_credit
        return self.notes.send(invoice_notices(self.act, template, invoice, to=readers, has_credit=has_credit, **more))

    def _note(self, debtor: Debtor, invoice: Issued, step: Step, outcome: Outcome, mails: slice = NO_MAILS) -> None:
        if step.kind is Kind.CREATED:  # once, however often it climbs
            self.notes.deeds.append(Deed(invoice.id, step.name, invoice.issued_on, outcome, mails))
            return
        due_on = debtor.counted_from(invoice) + timedelta(step.day)
        self.notes.deeds.append(Deed(invoice.id, step.name, due_on, outcome, mails, debtor.climb(invoice).number))


def _of_all(debtor: Debtor, found: Sequence[Issued]) -> Iterator[Service]:
    seen: set[int] = set()
    for invoice in found:
        for one in debtor.theirs(invoice):
            if one.id not in seen:
                seen.add(one.id)
                yield one
