"""What an answer to tomorrow's mail does: something rests, is left out once, or goes on."""

from collections.abc import Callable, Mapping

from mailgate.commands.verb import Command, Verb
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.invoicing import holding
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Staff
from mailgate.tickets.result import Decided, Item, item
from mailgate.tickets.verbs import lists
from store import people
from store.billing import accounts, dunning, previews


def decide_tomorrow(act: Act, command: Command, incoming: Incoming, writer: Staff) -> Item:
    """One line; says what was done, or why not: the list may be days old."""
    number = command.argument.number
    assert number is not None
    line = previews.item(act.conn, number)
    assert line is not None  # nothing of them is deleted
    by = f"{writer.name} <{writer.address}>"
    if command.verb is lists.GO:
        return _go(act, line.preview_id, by)
    deal = deal_with(act.conn, act.settings, line.customer_id, Today(act.now), by=by)
    customer = people.find_customer(act.conn, line.customer_id)
    name = customer.name if customer else f"{line.customer_id}"
    try:
        if deal is None:
            raise holding.IsOver("the customer is no longer here")
        says, given = HANDLERS[command.verb](deal, line, incoming.lent.spool_id)
    except Permanent as error:
        return item(Decided.NOT_HELD, name=name, why=str(error))
    return item(says, name=name, what=line.kind.value, **given)


def _go(act: Act, preview_id: int, by: str) -> Item:
    """With `billing.wait_for_go` what waited is looked at at once; else it would have gone on anyhow."""
    newest = previews.newest(act.conn)
    if newest is None or newest.id != preview_id:
        return item(Decided.LATER_LIST)
    if not act.settings.billing.wait_for_go:
        return item(Decided.GOES_ANYHOW)
    if not previews.say_go(act.conn, preview_id, by=by, now=act.now):
        return item(Decided.GOES_ALREADY, by=newest.go_by)
    customers = accounts.lock(act.conn, {one.customer_id for one in previews.items(act.conn, preview_id)})
    for customer_id in customers:
        dunning.look_soon(act.conn, customer_id, now=act.now)
    return item(Decided.GOES_ON, day=f"{newest.for_day}")


def _hold(deal: Deal, line: previews.Item, spool_id: int) -> tuple[Decided, Mapping[str, object]]:
    holding.hold(deal, line, spool_id=spool_id)
    return Decided.RESTS, {}


def _skip(deal: Deal, line: previews.Item, spool_id: int) -> tuple[Decided, Mapping[str, object]]:
    until = holding.skip(deal, line, spool_id=spool_id)
    return (Decided.LEFT_OUT, {}) if until is None else (Decided.RESTS_UNTIL, {"day": f"{until}"})


def _resume(deal: Deal, line: previews.Item, spool_id: int) -> tuple[Decided, Mapping[str, object]]:
    holding.resume(deal, line)
    return Decided.RESUMED, {}


HANDLERS: Mapping[Verb, Callable[[Deal, previews.Item, int], tuple[Decided, Mapping[str, object]]]] = {
    lists.HOLD: _hold,
    lists.SKIP: _skip,
    lists.RESUME: _resume,
}
"""Each says what it did to the line. Raises Permanent before it has written anything."""
