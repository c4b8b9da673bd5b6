"""What the ladder has done about an invoice and what comes when nobody pays, for whoever asks."""

from datetime import date, datetime

from sqlalchemy import Connection

from mailgate.billing.dunning import Step, ahead
from mailgate.billing.period import local_date
from mailgate.config import Settings
from mailgate.flows.billing.books import look
from mailgate.flows.billing.money.owing import debtors
from store.billing import dunning
from store.billing.dunning import StepDone
from store.billing.invoices import Issued


def outlook(
    conn: Connection, settings: Settings, invoice: Issued, *, now: datetime
) -> tuple[tuple[StepDone, ...], tuple[tuple[Step, date], ...]]:
    """Steps that are done, and those ahead, each with the day of the account on which it comes."""
    done = tuple(dunning.done(conn, (invoice.id,)).get(invoice.id, ()))
    for debtor in debtors(conn, look(conn, (invoice.customer_id,)), now=now):
        if debtor.rests or invoice.id not in {one.id for one in debtor.invoices}:
            continue
        today = local_date(now, debtor.payer.zone)
        return done, ahead(debtor.owed(invoice), settings.billing.ladder, today=today)
    return done, ()
