"""`!invoices`, `!invoice`, `!services` and `!balance`: the same as on the pages. Currencies are never added up."""

from collections.abc import Iterable, Sequence
from datetime import date

from mailgate.billing.document.invoice import DocumentKind
from mailgate.commands.verb import Command
from mailgate.flows.billing.dunning import time_given
from mailgate.flows.billing.told.letters import document_file
from mailgate.flows.client.asking import Asking
from mailgate.flows.client.money import which
from mailgate.tickets.money_said import MoneySaid
from mailgate.tickets.result import Item, Result, item, result
from mailgate.tickets.verbs.money import Means
from store import people
from store.billing import cards, promises
from store.billing import invoices as rows
from store.billing.promises import Promise
from store.views import customer_money
from store.views.documents import DocumentLine, Standing
from store.views.paging import Turn
from store.views.services import ServiceLine
from store.views.visitors import ContactVisitor

_MOST_OPEN, _MOST_SETTLED, _MOST_SERVICES = 50, 12, 50
_LATE = {
    (False, False): MoneySaid.INVOICE_OPEN,
    (False, True): MoneySaid.INVOICE_PART,
    (True, False): MoneySaid.INVOICE_LATE,
    (True, True): MoneySaid.INVOICE_LATE_PART,
}
_SETTLED = {
    Standing.PAID: MoneySaid.INVOICE_PAID,
    Standing.VOID: MoneySaid.INVOICE_VOID,
    Standing.WRITTEN_OFF: MoneySaid.INVOICE_WRITTEN_OFF,
}


def invoices(mail: Asking, command: Command) -> Sequence[Result]:
    """What is open, the oldest due first; then the newest that are settled."""
    return [_invoices(mail, one) for one in _accounts(mail)]


def _invoices(mail: Asking, account: ContactVisitor) -> Result:
    conn, now = mail.act.conn, mail.act.now
    open_now = customer_money.unpaid(conn, account.customer_id, now, limit=_MOST_OPEN)
    page = customer_money.list_invoices(conn, account, Turn(), standing=None, now=now)
    listed = {one.id for one in open_now}
    settled = [one for one in page.rows if one.id not in listed and one.standing in _SETTLED]
    if not (open_now or settled):
        return result(MoneySaid.NO_INVOICES)
    running = promises.told(conn, account.customer_id)
    lines = [_line(one, running) for one in (*open_now, *settled[:_MOST_SETTLED])]
    lines += [item(MoneySaid.TO_PAY, **_sum(one)) for one in customer_money.open_of(conn, account.customer_id)]
    if page.onward or len(settled) > _MOST_SETTLED or len(open_now) == _MOST_OPEN:
        url = mail.act.settings.page("/invoices")
        lines.append(item(MoneySaid.OLDER_INVOICES, url=url) if url else item(MoneySaid.OLDER_BY_NUMBER))
    return _headed(mail, account, MoneySaid.INVOICES, MoneySaid.INVOICES_OF, lines)


def invoice(mail: Asking, command: Command) -> Result:
    """One invoice again, with its document."""
    number = command.argument.words
    found = which.named(mail, number) if number else which.answered_invoice(mail)
    if found is None:
        if number:
            return result(MoneySaid.NO_SUCH_INVOICE, number=number)
        return result(MoneySaid.WHICH_INVOICE)
    account = next(one for one in which.all_accounts(mail) if one.customer_id == found.customer_id)
    conn, now = mail.act.conn, mail.act.now
    document = customer_money.document(conn, account, found.number, DocumentKind.INVOICE, now)
    assert document is not None
    running = promises.told(conn, found.customer_id)
    line = _line(document.line, running)
    url = mail.act.settings.page(f"/invoices/{found.number}")
    reader = next(one for one in mail.contacts if one.customer_id == found.customer_id)
    file = document_file(mail.act, found) if reader.gets_files or not url else None
    if file is not None:
        says = result(MoneySaid.INVOICE_ENCLOSED, line, number=found.number)
        return Result(says.sentence, says.lines, files=(file,))
    if url:
        return result(MoneySaid.INVOICE_LINKED, line, number=found.number, url=url)
    return result(MoneySaid.INVOICE_SHOWN, line, number=found.number)


def services(mail: Asking, command: Command) -> Sequence[Result]:
    """What there is now, and what it costs."""
    return [_services(mail, one) for one in _accounts(mail)]


def _services(mail: Asking, account: ContactVisitor) -> Result:
    found = customer_money.current_services(mail.act.conn, account, limit=_MOST_SERVICES + 1)
    if not found:
        return result(MoneySaid.NO_SERVICES)
    bill_suspended = mail.act.settings.billing.bill_suspended
    lines = [item(MoneySaid.SERVICE, **_service(one, bill_suspended)) for one in found[:_MOST_SERVICES]]
    url = mail.act.settings.page("/services")
    if len(found) > _MOST_SERVICES and url:
        lines.append(item(MoneySaid.MORE_SERVICES, url=url))
    return _headed(mail, account, MoneySaid.SERVICES, MoneySaid.SERVICES_OF, lines)


def balance(mail: Asking, command: Command) -> Sequence[Result]:
    """What is to be paid and what there is of credit, in each currency, and what comes next."""
    return [_balance(mail, one) for one in _accounts(mail)]


def _balance(mail: Asking, account: ContactVisitor) -> Result:
    conn, customer_id = mail.act.conn, account.customer_id
    lines = [item(MoneySaid.TO_PAY, **_sum(one)) for one in customer_money.open_of(conn, customer_id)]
    lines = lines or [item(MoneySaid.NOTHING_TO_PAY)]
    lines += [item(MoneySaid.CREDIT, **_sum(one)) for one in customer_money.credit_of(conn, customer_id)]
    for one in customer_money.unpaid(conn, customer_id, mail.act.now, limit=1):
        says = MoneySaid.NEXT_LATE if one.standing is Standing.LATE else MoneySaid.NEXT_INVOICE
        lines.append(item(says, **_open(one)))
    if renewal := _next_renewal(mail, account):
        lines.append(item(MoneySaid.NEXT_SERVICE, **renewal))
    return _headed(mail, account, MoneySaid.BALANCE, MoneySaid.BALANCE_OF, lines)


def _next_renewal(mail: Asking, account: ContactVisitor) -> dict[str, object] | None:
    bill_suspended = mail.act.settings.billing.bill_suspended
    found = customer_money.current_services(mail.act.conn, account, limit=_MOST_SERVICES)
    costs = [one for one in found if one.cost and one.cost.amount_minor and one.next_due(bill_suspended)]
    first = min(costs, key=lambda one: (one.next_due(bill_suspended) or date.max, one.id), default=None)
    return _service(first, bill_suspended) if first else None


def means(mail: Asking) -> Means:
    """What the writer's accounts have that a command could be about."""
    conn, theirs = mail.act.conn, which.accounts(mail)
    payments = mail.act.settings.payments
    takes_cards = payments.is_automatic and bool(theirs)
    standings = [time_given.look(conn, one.customer_id, now=mail.act.now) for one in theirs]
    deferring = [one.deferring(mail.act.settings.billing) for one in standings if one.open]
    return Means(
        invoices=any(rows.listing(conn, customer_id=one.customer_id, limit=1) for one in theirs),
        services=any(customer_money.count_services(conn, one, limit=1) for one in theirs),
        is_open=any(one.open for one in standings),
        defers=any(one.why_not(1) is None for one in deferring),
        takes_cards=takes_cards,
        has_card=takes_cards and any(cards.kept(conn, one.customer_id, payments.provider.value) for one in theirs),
    )


def _accounts(mail: Asking) -> tuple[ContactVisitor, ...]:
    found = which.accounts(mail)
    assert found  # the grammar saw to it
    return found


def _headed(mail: Asking, account: ContactVisitor, one: MoneySaid, of: MoneySaid, lines: Iterable[Item]) -> Result:
    """Under a heading of its own, where there are several accounts."""
    if len(which.accounts(mail)) == 1:
        return result(one, *lines)
    return result(of, *lines, account=people.get_customer(mail.act.conn, account.customer_id).name)


def _line(one: DocumentLine, running: Sequence[Promise]) -> Item:
    if one.standing in _SETTLED:
        amounts = {"total_minor": one.total_minor, "currency": one.currency, "issued": f"{one.issued_on}"}
        return item(_SETTLED[one.standing], number=one.number, **amounts)
    rests = promises.rests_until(running, one.id)
    is_part = one.open_minor < one.total_minor
    return item(_LATE[one.standing is Standing.LATE, is_part], **_open(one), rests=f"{rests}" if rests else "")


def _open(one: DocumentLine) -> dict[str, object]:
    return {
        "number": one.number,
        "open_minor": one.open_minor,
        "total_minor": one.total_minor,
        "currency": one.currency,
        "due": f"{one.due_on}",
    }


def _sum(one: customer_money.Balance) -> dict[str, object]:
    return {"amount_minor": one.amount_minor, "currency": one.currency}


def _service(one: ServiceLine, bill_suspended: bool) -> dict[str, object]:
    due = one.next_due(bill_suspended)
    return {
        "product": one.product,
        "name": one.name if one.name != one.product else "",
        "domain": one.domain if one.domain != one.name else "",
        "state": one.state.value,
        "amount_minor": one.cost.amount_minor if one.cost else 0,
        "currency": one.cost.currency if one.cost else "",
        "is_taxed": bool(one.cost and one.cost.tax_included),
        "cycle": one.cycle,
        "due": f"{due}" if due else "",
        "ends": f"{one.ends_on}" if one.ends_on else "",
    }
