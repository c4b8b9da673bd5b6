"""What follows from money: promises are kept, services come back, and the ladder looks anew."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from mailgate.billing.dunning import Outcome
from mailgate.billing.promise import Ended
from mailgate.billing.service import Service
from mailgate.flows.billing.books import Deal, text_of
from mailgate.flows.billing.invoicing.offers import renew_links
from mailgate.flows.billing.money.owing import is_off
from mailgate.flows.billing.money.resting import restore
from mailgate.flows.billing.told.letters import service_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.log_events import LogEvent
from store.billing import dunning, invoices, promises, services

log = logging.getLogger(__name__)


def after_settlement(deal: Deal, touched: Collection[int]) -> None:
    """Something of these invoices was settled, in whatever way; the account is locked.

    Services that were off because nobody had paid are on again at once, unless another unpaid invoice keeps them off.
    One that staff have suspended stays so.
    """
    number = deal.payer.customer.id
    renew_links(deal.conn, deal.books.settings, number, now=deal.now)
    if not touched:
        return
    running = promises.running(deal.conn, (number,)).get(number, ())
    theirs = services.of_accounts(deal.conn, (number,)).get(number, ())
    resting = [one for one in theirs if is_off(one)]
    if not running and not resting:
        return
    is_open = {one.id for one in invoices.open_of(deal.conn, number)}
    kept = [one.id for one in running if not is_open or (one.invoice_id in touched and one.invoice_id not in is_open)]
    promises.end(deal.conn, kept, Ended.KEPT, now=deal.now)
    _restore(deal, resting, is_open)
    dunning.look_soon(deal.conn, number, now=deal.now)


def _restore(deal: Deal, resting: Sequence[Service], is_open: Collection[int]) -> None:
    """All that no open invoice bills which has had it suspended; add-ons with what they belong to."""
    if not resting:
        return
    done = dunning.done(deal.conn, is_open)
    climbs = {key: dunning.last_climb(steps).steps for key, steps in done.items()}
    holding = [key for key, steps in climbs.items() if any(one.outcome is Outcome.SUSPENDED for one in steps)]
    held: set[int] = set().union(*dunning.billed_services(deal.conn, holding).values()) if holding else set()
    free = [one for one in resting if one.id not in held and one.parent_id not in held]
    if not free:
        return
    log.info(LogEvent.RESTORED(customer=deal.payer.customer.id, services=",".join(str(one.id) for one in free)))
    quiet = replace(deal, is_quiet=True)  # one mail names them all, in the place of one for each
    changed = [restore(quiet, one) for one in free]
    if deal.is_quiet:
        return
    main, *others = sorted(changed, key=lambda one: (one.parent_id is not None, one.id))
    books, conn = deal.books, deal.conn
    act = Act.begin(conn, books.settings, deal.now)
    notices = service_notices(
        act,
        Template.SERVICE_RESTORED,
        main,
        product=books.product(conn, main.product_id).name,
        on=deal.day,
        addons=[text_of(books.product(conn, one.product_id), one) for one in others],
    )
    notify(act, notices, cause=None)
