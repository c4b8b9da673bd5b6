"""`mailgate card`: cards that customers have given; their numbers never come here."""

import click

from mailgate.billing.payment.card_words import card_words
from mailgate.cli.billing_words import BY, dealing
from mailgate.cli.cells import named
from mailgate.cli.gate import gate
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, customer_argument, only_of
from mailgate.cli.listing import list_options
from mailgate.cli.output import EX_DATAERR, fail, found_or_fail, json_option, print_object, print_rows
from mailgate.flows.billing.card.cards import remove_card
from mailgate.flows.billing.invoicing.offers import ask_for_link
from mailgate.payments.provider import OfferKind
from store.billing import cards, offers
from store.billing.cards import SavedCard
from store.billing.offers import OfferStanding
from store.called import names_of
from store.engine import reading

COLUMNS = ("id", "customer", "card", "expires_on", "state", "blocked_because")


@click.group(cls=Group)
def card() -> None:
    """Cards: list, remove, unblock, and a link by which a customer gives one."""


@card.command("list")
@click.option("--all", "removed", is_flag=True, help="Those too that were removed.")
@list_options()
def list_(customer: Typed | None, removed: bool, limit: int | None, after: int) -> None:
    """Cards in the order in which they were given: brand, last four digits, last day."""
    with gate() as parts, reading(parts.engine) as conn:
        found = cards.listing(conn, customer_id=only_of(conn, customer), removed=removed, after=after, limit=limit)
        customers = names_of(conn, (one.customer_id for one in found))
    rows = [{"customer": named(one.customer_id, customers), **_row(one)} for one in found]
    print_rows(rows, COLUMNS)


@card.command()
@click.argument("card_id", metavar="ID", type=int)
@json_option
def remove(card_id: int) -> None:
    """Charge a card no more, and have the provider forget it. Its owner is told."""
    with dealing(_kept(card_id).customer_id) as deal:
        remove_card(deal, _found(cards.find(deal.conn, card_id), card_id), by=BY)
        after = _found(cards.find(deal.conn, card_id), card_id)
    print_object(_row(after))


@card.command()
@click.argument("card_id", metavar="ID", type=int)
@json_option
def unblock(card_id: int) -> None:
    """Let a card be charged again that a chargeback or its bank had blocked."""
    one = _kept(card_id)
    if not one.blocked_because:
        fail(f"card {card_id} is not blocked", code=EX_DATAERR, name="NotBlocked")
    with dealing(one.customer_id) as deal:
        cards.block(deal.conn, card_id, because="")
        after = _found(cards.find(deal.conn, card_id), card_id)
    print_object(_row(after))


@card.command()
@customer_argument
@json_option
def link(customer: Typed) -> None:
    """Make a link by which a customer gives a card; whoever has it may give one for him."""
    with dealing(customer) as deal:
        if not deal.books.settings.payments.is_automatic:
            fail('payments.provider is "manual": nobody takes cards', code=EX_DATAERR, name="NotOffered")
        number = ask_for_link(deal, OfferKind.CARD, contact_id=None, spool_id=None)
        at = deal.now
    if number is None:
        fail("too many links were asked for within a day", code=EX_DATAERR, name="TooManyLinks")
    with gate() as parts:
        parts.keep_link(number, at)
        with reading(parts.engine) as conn:
            made = offers.get(conn, number)
    if made.state is not OfferStanding.OPEN:
        fail(
            f"the provider has not made it yet: {made.why or 'it is tried again, see the log'}",
            code=EX_DATAERR,
            name="NoLink",
        )
    print_object({"id": made.id, "url": made.url, "expires_at": made.expires_at})


def _kept(card_id: int) -> SavedCard:
    with gate() as parts, reading(parts.engine) as conn:
        one = _found(cards.find(conn, card_id), card_id)
    if one.removed_at is not None:
        fail(f"card {card_id} was removed already", code=EX_DATAERR, name="Removed")
    return one


def _found(one: SavedCard | None, card_id: int) -> SavedCard:
    return found_or_fail(one, f"card {card_id}", hint="mailgate card list shows them")


def _row(one: SavedCard) -> dict[str, object]:
    state = "blocked" if one.blocked_because else "kept"
    return {
        "id": one.id,
        "card": card_words(one.brand, one.last4),
        "brand": one.brand,
        "last4": one.last4,
        "expires_on": one.expires_on.isoformat() if one.expires_on else None,
        "state": "removed" if one.removed_at else state,
        "blocked_because": one.blocked_because,
        "added_at": one.added_at,
        "removed_at": one.removed_at,
    }
