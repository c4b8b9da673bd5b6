"""What an answer to a list of bank lines does: they are booked for an invoice or as credit, or ignored."""

from collections.abc import Callable, Mapping

from mailgate.commands.verb import Command, Verb
from mailgate.errors import Permanent
from mailgate.flows.billing.bank import deciding
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Staff
from mailgate.tickets.result import Decided, Item, item
from mailgate.tickets.verbs import lists
from store import people
from store.billing import bank, invoices
from store.billing.payments import RecordedBefore


class _NotPlain(Permanent):
    """What is meant is not there; the text says what is."""


def decide_bank(act: Act, command: Command, incoming: Incoming, writer: Staff) -> Item:
    """One decision; says what was done, or why not: somebody else may have decided since."""
    number = command.argument.number
    assert number is not None
    by = f"{writer.name}, mail {incoming.lent.spool_id}, evidence {incoming.evidence.level.value}"
    try:
        return HANDLERS[command.verb](act, number, command.argument.words, by)
    except (deciding.NoMatch, RecordedBefore, _NotPlain) as error:
        return item(Decided.BANK_UNDECIDED, line=number, why=str(error))


def _match(act: Act, line: int, words: str, by: str) -> Item:
    invoice_id, customer_id = _meant(act, line, words)
    deal = _deal(act, customer_id, by)
    if invoice_id is None:
        deciding.match_customer(deal, line)
        return item(Decided.IS_CREDIT, line=line, customer=people.get_customer(act.conn, customer_id).name)
    invoice = invoices.get(act.conn, invoice_id)
    deciding.match_invoice(deal, line, invoice)
    return item(Decided.PAYS, line=line, invoice=invoice.number)


def _ignore(act: Act, line: int, words: str, by: str) -> Item:
    deciding.ignore(act.conn, line, reason="", by=by, now=act.now)
    return item(Decided.IGNORED, line=line)


HANDLERS: Mapping[Verb, Callable[[Act, int, str, str], Item]] = {lists.MATCH: _match, lists.IGNORE: _ignore}
"""Each decides on the line with this number, and says what it did. Raises NoMatch or _NotPlain."""


def _meant(act: Act, line: int, words: str) -> tuple[int | None, int]:
    """The invoice that is named and whose it is; where none is named, what was proposed first."""
    if words:
        invoice = invoices.find(act.conn, words)
        if invoice is None:
            raise _NotPlain(f"there is no invoice {words}")
        return invoice.id, invoice.customer_id
    first = bank.proposals(act.conn, (line,)).get(line)
    if not first:
        raise _NotPlain("nothing was proposed for it: name the invoice")
    return first[0].invoice_id, first[0].customer_id


def _deal(act: Act, customer_id: int, by: str) -> Deal:
    deal = deal_with(act.conn, act.settings, customer_id, Today(act.now), by=by)
    assert deal is not None  # an invoice or a proposal names him
    return deal
