"""What was settled is open again, since the money was taken back or is needed elsewhere: it climbs the ladder anew.

Its steps are counted from that day on: who had paid is neither reminded nor suspended by days of long ago.
"""

from collections.abc import Iterable, Sequence

from mailgate.billing.dunning import REOPENED, Outcome
from mailgate.flows.billing.books import Deal
from store.billing import dunning, invoices, reopened
from store.billing.dunning import StepDone
from store.billing.invoices import Settled


def open_again(deal: Deal, together: Sequence[Settled]) -> None:
    """By all of what has settled them, of the account's invoices."""
    _climb_anew(deal, (one.invoice_id for one in together))
    reopened.reopen(deal.conn, together, now=deal.now)


def open_again_by(deal: Deal, one: Settled, amount_minor: int) -> None:
    """By a part of what has settled one, which is no more than it was."""
    _climb_anew(deal, (one.invoice_id,))
    reopened.reopen_by(deal.conn, one, amount_minor, now=deal.now)


def _climb_anew(deal: Deal, invoice_ids: Iterable[int]) -> None:
    """Those of them of which nothing is open: the others are where they were."""
    settled = [one.id for one in invoices.several(deal.conn, set(invoice_ids)) if not one.open_minor]
    done = dunning.done(deal.conn, settled)
    climbs = {number: dunning.last_climb(done.get(number, ())).number + 1 for number in settled}
    dunning.add(
        deal.conn,
        [
            StepDone(number, REOPENED, deal.day, deal.now, Outcome.REOPENED, climb=climb)
            for number, climb in climbs.items()
        ],
    )
