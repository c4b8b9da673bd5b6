"""`mailgate charge`: charges of saved cards, those under way and those that are over."""

import click

from mailgate.billing.payment.card_words import card_words
from mailgate.cli.billing_words import BY, Line
from mailgate.cli.cells import named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER, Typed, only_of
from mailgate.cli.listing import list_options
from mailgate.cli.output import (
    EX_DATAERR,
    fail,
    found_or_fail,
    json_option,
    print_object,
    print_rows,
    say,
    utc_option,
    wants_json,
)
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.card.charge import Reason, WhyNot, charge_now
from mailgate.flows.billing.provider.former import end_charge
from mailgate.payments.terms import terms_of
from store.billing import cards, charges, invoices
from store.billing.charges import Charge, State
from store.called import names_of
from store.engine import reading, transaction

COLUMNS = ("id", "customer", "made_at", "state", "amount_minor", "currency", "attempt", "code", "again_at")

_WHY = {
    Reason.NO_PROVIDER: "payments.provider is manual: nobody charges cards",
    Reason.NOT_BILLED: "the account is billed elsewhere, or its customer was removed",
    Reason.NOTHING_OPEN: "nothing of it is open any more",
    Reason.UNDER_WAY: "another charge of this account is under way",
    Reason.NO_CARD: "the customer has no card",
    Reason.CARD_BLOCKED: "the card is blocked",
    Reason.CARD_EXPIRED: "the card has expired",
    Reason.TOO_LITTLE: "it is less than the provider charges, or in a currency that it does not take",
}


@click.group(cls=Group)
def charge() -> None:
    """Charges of saved cards: list, show, retry, end."""


@charge.command("list")
@list_options(State)
def list_(state: State | None, customer: Typed | None, limit: int | None, after: int) -> None:
    """Charges, the newest last, and what came of them."""
    with gate() as parts, reading(parts.engine) as conn:
        found = charges.listing(conn, state=state, customer_id=only_of(conn, customer), after=after, limit=limit)
        customers = names_of(conn, (one.customer_id for one in found))
    print_rows([_row(one) | {"customer": named(one.customer_id, customers)} for one in found], COLUMNS)


@charge.command()
@click.argument("charge_id", metavar="ID", type=NUMBER)
@utc_option
@json_option
def show(charge_id: int) -> None:
    """One charge: its card, its invoices, the provider's id of it."""
    with gate() as parts, reading(parts.engine) as conn:
        one = _found(charges.find(conn, charge_id), charge_id)
        customers = names_of(conn, (one.customer_id,))
        card = cards.find(conn, one.payment_method_id)
        of = charges.parts(conn, one.id)
        numbers = invoices.numbers(conn, [part.invoice_id for part in of])
    print_object(
        _row(one)
        | {
            "customer": named(one.customer_id, customers),
            "card": card_words(card.brand, card.last4) if card else "",
            "invoices": [{"number": numbers[part.invoice_id], "amount_minor": part.amount_minor} for part in of],
        }
    )


@charge.command()
@click.argument("charge_id", metavar="ID", type=NUMBER)
@utc_option
@json_option
def retry(charge_id: int) -> None:
    """Look up now what came of a charge; of one that was declined, charge what is open still once more."""
    with gate() as parts, transaction(parts.engine) as conn:
        one = _found(charges.find(conn, charge_id), charge_id)
        deal = deal_with(conn, parts.settings, one.customer_id, Today(now()), by=BY)
        assert deal is not None  # a foreign key
        if charges.look_now(conn, charge_id, now=now()):
            if one.provider != parts.settings.payments.asked:
                fail(
                    f"nobody can ask {one.provider} about charge {charge_id}: its key is not in the settings",
                    code=EX_DATAERR,
                    hint=f"name it in payments.secret_key_file, or: mailgate charge end {charge_id} --because …",
                )
            after = charge_id
        elif one.state is State.SUCCEEDED:
            fail(f"charge {charge_id} has succeeded", code=EX_DATAERR, hint=f"mailgate charge show {charge_id}")
        else:
            ids = [part.invoice_id for part in charges.parts(conn, charge_id)]
            begun = charge_now(deal, terms_of(parts.settings.payments), one.currency, ids, asked_by=BY)
            if isinstance(begun, WhyNot):
                hint = f"mailgate charge show {begun.charge_id}" if begun.charge_id is not None else ""
                fail(f"charge {charge_id} is not made again: {_WHY[begun.reason]}", code=EX_DATAERR, hint=hint)
            after = begun.charge_id
        row = _row(_found(charges.find(conn, after), after))
    if not wants_json():
        say("it is worked on by `mailgate serve`, or by the next `mailgate due run`")
    print_object(row)


@charge.command()
@click.argument("charge_id", metavar="ID", type=NUMBER)
@click.option("--because", type=Line(needed=True), required=True, help="What you have found out, for the record.")
@utc_option
@json_option
def end(charge_id: int, because: str) -> None:
    """End a charge of a provider whom nobody can ask any more. Money that came by it you record yourself."""
    with gate() as parts, transaction(parts.engine) as conn:
        one = _found(charges.find(conn, charge_id), charge_id)
        deal = deal_with(conn, parts.settings, one.customer_id, Today(now()), by=BY)
        assert deal is not None  # a foreign key
        one = _found(charges.find(conn, charge_id), charge_id)  # as it is under the lock
        row = _row(end_charge(deal, one, because=because, by=BY))
    print_object(row)


def _found(one: Charge | None, charge_id: int) -> Charge:
    return found_or_fail(one, f"charge {charge_id}", hint="mailgate charge list shows them")


def _row(one: Charge) -> dict[str, object]:
    return {
        "id": one.id,
        "customer": one.customer_id,
        "state": one.state.value,
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "attempt": one.attempt,
        "asked_by": one.asked_by,
        "code": one.code,
        "provider_id": one.provider_id,
        "made_at": one.made_at,
        "ended_at": one.ended_at,
        "next_look_at": one.due_at,
        "again_at": one.again_at,
        "payment": one.payment_id,
    }
