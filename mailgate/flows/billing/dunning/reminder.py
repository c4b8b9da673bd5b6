"""A reminder that is due: of which invoice, and which mail it is."""

from dataclasses import dataclass
from datetime import date

from mailgate.billing.dunning import Kind, Step
from mailgate.letters.kind import Template
from mailgate.people import Contact
from store.billing.invoices import Issued


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder of an invoice that is due."""

    invoice: Issued
    step: Step
    is_new: bool  # nobody was brought the invoice before
    others: tuple[Contact, ...]  # who gets it in the place of those who were not reached


def template_of(kind: Kind, invoice: Issued, today: date) -> Template:
    """Which mail reminds, by how today stands to the due date of the oldest that it names."""
    if kind is Kind.CREATED:
        return Template.INVOICE_CREATED
    if kind is Kind.SUSPEND_WARNING:
        return Template.SERVICE_SUSPEND_WARNING
    if kind is Kind.END_WARNING:
        return Template.SERVICE_END_WARNING
    if today == invoice.due_on:
        return Template.INVOICE_REMINDER_DUE
    return Template.INVOICE_REMINDER_BEFORE if today < invoice.due_on else Template.INVOICE_REMINDER_AFTER
