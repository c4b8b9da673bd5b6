"""What of billing falls due beside the run: credit settles invoices, services end, orders that nobody paid are dropped.

All of it as a day begins where the account is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.period import local_start
from mailgate.billing.service import Service, State
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.dunning.time_given import end_over
from mailgate.flows.billing.invoicing.go import waits_for_go
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.invoicing.run import THE_SCHEDULE
from mailgate.flows.billing.money.settle import use_credit
from mailgate.flows.billing.service.ending import carry_out, end_of
from mailgate.flows.billing.service.states import end_what_is_over
from mailgate.flows.story.act import Act
from store.billing import accounts, bill_looks, falling_due, invoices, lines, runs, series, services
from store.billing.falling_due import Day

AT_ONCE = 500
"""Rows that one look takes up; what is left is found by the next."""

NEVER_PAID = "the order was never paid"

Found = Iterator[tuple[int, datetime]]


def bills(conn: Connection, settings: Settings, at: datetime) -> Found:
    """The run of the schedule, since when the first account waits for it.

    Not while somebody bills; not when the last run was stopped, which a person has to look at; not when the clock is
    behind the last number: nothing could be issued. `mailgate status` tells of both.
    """
    since = accounts.waiting_since(conn)
    if since is None or since > at or not bill_looks.is_free(conn, now=at) or runs.stopped(conn):
        return
    if waits_for_go(conn, settings, at):
        return
    last_on = series.last_on(conn, "invoice")
    if last_on is None or last_on <= at.astimezone(settings.gate.zone).date():
        yield bill_looks.THE_ROW, since


def send_to_bill(act: Act, _rows: Sequence[int]) -> None:
    """The job is about to be sent."""
    bill_looks.take_up(act.conn, now=act.now)


def credit_falls_due(conn: Connection, _settings: Settings, at: datetime) -> Found:
    """Customers whose credit settles an invoice that is due."""
    return _by_customer(falling_due.credit(conn, until=falling_due.latest_day(at), limit=AT_ONCE), at)


def settle_by_credit(act: Act, customer_ids: Sequence[int]) -> None:
    """Their credit settles what is due, oldest first."""
    for deal in _deals(act, customer_ids):
        use_credit(deal)


def services_over(conn: Connection, _settings: Settings, at: datetime) -> Found:
    """Customers of whom a service has had its last day."""
    return _by_customer(falling_due.ends(conn, until=falling_due.latest_day(at), limit=AT_ONCE), at)


def end_services(act: Act, customer_ids: Sequence[int]) -> None:
    """These services have ended."""
    for deal in _deals(act, customer_ids):
        if end_what_is_over(deal):
            look_again(deal)


def orders_lapsed(conn: Connection, settings: Settings, at: datetime) -> Found:
    """Services that were ordered and not paid in time."""
    if waits_for_go(conn, settings, at):
        return iter(())
    days = timedelta(days=settings.billing.cancel_pending_days)
    found = falling_due.unpaid_orders(conn, due_by=falling_due.latest_day(at) - days, limit=AT_ONCE)
    return _over((replace(one, on=one.on + days) for one in found), at, lambda one: one.service_id or 0)


def drop_orders(act: Act, service_ids: Sequence[int]) -> None:
    """Each is cancelled, and all that was invoiced for it is given back, its set-up too: nobody ever had it.

    What somebody has paid of it is credit.
    """
    if waits_for_go(act.conn, act.settings, act.now):
        return
    for service_id in service_ids:
        service = services.get(act.conn, service_id)
        for deal in _deals(act, (service.customer_id,)):
            service = services.get(act.conn, service_id)  # as it is under the lock
            if service.state is State.PENDING and _is_late(deal, service):
                end = end_of(deal, service, at_end=False, reason=NEVER_PAID)
                carry_out(deal, replace(end, gives_back=False))


def promises_over(conn: Connection, _settings: Settings, at: datetime) -> Found:
    """Customers who had time until a day that is over, or had said that money would have come by then."""
    return _by_customer(falling_due.promises_over(conn, until=falling_due.latest_day(at), limit=AT_ONCE), at)


def end_promises(act: Act, customer_ids: Sequence[int]) -> None:
    """The ladder goes on where it was; that no money came is seen on the customer's page and in the list of the day."""
    for number in customer_ids:
        end_over(act.conn, number, now=act.now)


def _is_late(deal: Deal, service: Service) -> bool:
    days = timedelta(days=deal.books.settings.billing.cancel_pending_days)
    return any(one.open_minor and one.due_on + days <= deal.day for one in _invoices(deal.conn, service))


def _invoices(conn: Connection, service: Service) -> Sequence[invoices.Issued]:
    return [invoices.get(conn, number) for number in lines.ids_with(conn, service.id)]


def _deals(act: Act, customer_ids: Sequence[int]) -> Iterator[Deal]:
    for number in customer_ids:
        deal = deal_with(act.conn, act.settings, number, Today(act.now), by=THE_SCHEDULE)
        if deal is not None:
            yield deal


def _by_customer(found: Sequence[Day], at: datetime) -> Found:
    seen: set[int] = set()
    for number, since in _over(iter(found), at, lambda one: one.customer_id):
        if number not in seen:
            seen.add(number)
            yield number, since


def _over(found: Iterator[Day], at: datetime, of: Callable[[Day], int]) -> Found:
    """Those whose day has begun, where they are."""
    starts: dict[tuple[date, str], datetime] = {}
    for one in found:
        key = one.on, one.zone
        if key not in starts:
            starts[key] = local_start(one.on, ZoneInfo(one.zone))
        if starts[key] <= at:
            yield of(one), starts[key]
