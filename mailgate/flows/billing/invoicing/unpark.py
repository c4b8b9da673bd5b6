"""An account that could not be billed is looked at again."""

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.invoicing.next_look import look_again
from store.billing import accounts
from store.engine import transact


class NotParked(Permanent):
    """The account takes part in runs already."""


def unpark(engine: Engine, settings: Settings, customer_id: int, today: Today, *, by: str) -> str:
    """Let the account take part in runs; returns why it did not. Raises NotParked."""

    def story(conn: Connection) -> str:
        deal = deal_with(conn, settings, customer_id, today, by=by)
        why = deal.payer.account.parked_because if deal else ""
        if deal is None or not why:
            raise NotParked(f"customer {customer_id} is not kept out of runs")
        accounts.park(conn, customer_id, "")
        look_again(deal)
        return why

    return transact(engine, story)
