"""When is billed, by which numbers, and what is asked before."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from mailgate.billing.dunning import Rules
from mailgate.billing.money.amount import nearest_minor, read_amount
from mailgate.config import billing_kinds, kinds
from mailgate.config.kinds import one_of

USUAL_DEPOSIT = "10.00"
"""The least deposit in the gate's own currency, in major units, where the settings name none."""


class TaxPoint(StrEnum):
    """Whose day's rate of tax counts."""

    ISSUE = "issue"
    PERIOD_END = "period-end"


class Paper(StrEnum):
    """Sizes of a sheet."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Documents:
    """How invoices and credit notes look on paper. What was made once stays as it is."""

    paper: Annotated[Paper, one_of(Paper)] = Paper.A4
    fonts: kinds.OptionalFile = (
        None  # a folder; those that come with the program have Latin, Greek and Cyrillic letters
    )


@dataclass(frozen=True, slots=True)
class Billing:
    """How the company bills."""

    invoice_days_before_due: kinds.Days = 10
    bill_day: billing_kinds.BillDay = 0  # 0: each account's own
    least_days_to_pay: kinds.Days = 10
    invoice_number: billing_kinds.Pattern = "{year}-{n:04}"
    credit_note_number: billing_kinds.Pattern = "CN-{year}-{n:04}"
    tax_point: Annotated[TaxPoint, one_of(TaxPoint)] = TaxPoint.ISSUE
    bill_suspended: kinds.Truth = False
    cancel_pending_days: kinds.Days = 30
    mail_hold_minutes: billing_kinds.HoldMinutes = 15
    reminders: billing_kinds.Reminders = (-3, 0, 3, 7, 14)
    retry_days: billing_kinds.RetryDays = (3, 7)
    reminder_hour: billing_kinds.Hour = 0
    suspend_days: billing_kinds.SuspendDays = 14  # 0: never
    terminate_days: billing_kinds.TerminateDays = 60  # 0: never
    late_fee: billing_kinds.Amount = ""  # empty: none
    write_off_below: billing_kinds.PerhapsNothing = "0.00"  # so little that is open after a payment is forgiven
    second_person_above: billing_kinds.Amount = "100.00"  # empty: nothing takes a second one
    preview_hour: billing_kinds.PreviewHour = 17  # -1: no list of the next day
    wait_for_go: kinds.Truth = False
    terminate_after_days: kinds.Days = 7
    change_waits_for_payment: kinds.Truth = False
    promise_days: kinds.Days = 14
    promises_a_year: kinds.Count = 2
    deposit_minimum: billing_kinds.Amounts = ()
    deposit_maximum: billing_kinds.Amount = "1000.00"  # in gate.currency; empty: none
    order_limit: billing_kinds.Amount = "100.00"  # in gate.currency; empty: all is confirmed
    fuse_least: kinds.Count = 50
    fuse_percent: billing_kinds.Percent = 30
    keep_documents_years: billing_kinds.Years = 10
    bank_maps: kinds.OptionalFile = None  # a folder of maps, by which banks' tables are read
    vies_url: kinds.OptionalWebUrl = "https://ec.europa.eu/taxation_customs/vies/rest-api"  # empty: nobody is asked
    vies_timeout_seconds: kinds.Timeout = 10.0

    @property
    def ladder(self) -> Rules:
        """What is done about invoices that nobody pays, and when."""
        hold = timedelta(minutes=self.mail_hold_minutes)
        return Rules(self.reminders, self.suspend_days, self.terminate_days, self.reminder_hour, hold)

    def write_off_minor(self, home: str) -> int:
        """What is forgiven at most, in the gate's own currency; zero is zero in each, whatever its decimals."""
        return read_amount(self.write_off_below, home) if self.write_off_below.strip("0.") else 0

    def least_deposit_minor(self, currency: str, *, home: str) -> int | None:
        """The least that a customer may deposit in a currency, `home` being the gate's; None: none is taken in it."""
        named = dict(item.split(" ", 1) for item in self.deposit_minimum)
        if currency in named:
            return read_amount(named[currency], currency)
        return nearest_minor(USUAL_DEPOSIT, currency) if currency == home else None

    def most_deposit_minor(self, currency: str, *, home: str) -> int | None:
        """The most that a customer may deposit at once by mail; None: as much as he likes, as in other currencies."""
        return nearest_minor(self.deposit_maximum, home) if self.deposit_maximum and currency == home else None

    def order_limit_minor(self, currency: str, *, home: str) -> int:
        """Up to so much a mail may cost without a question; nothing in other currencies than the gate's."""
        return nearest_minor(self.order_limit, home) if self.order_limit and currency == home else 0
