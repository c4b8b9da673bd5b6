"""When the run has to look at an account next: kept by every act that changes what is billed."""

from mailgate.billing.period import local_start
from mailgate.flows.billing.books import Deal, lock
from mailgate.flows.billing.invoicing.drafting import next_day
from store.billing import accounts


def look_again(deal: Deal) -> None:
    """Keep when the run has to look at this account next, as it is now."""
    number = deal.payer.customer.id
    payer = lock(deal.conn, (number,))[number]
    day = next_day(deal.conn, deal.books, payer)
    accounts.look_again(deal.conn, {number: None if day is None else local_start(day, payer.zone)})
