"""How a customer is billed: the options of `mailgate customer edit` for it, `proof` and `check-vat`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any

import click
from sqlalchemy import Connection

from mailgate.billing.party import Account, Proof
from mailgate.billing.profile import billing_contact
from mailgate.billing.tax.vat_id import BadVatId, read_vat_id
from mailgate.cli.gate import gate, now
from mailgate.cli.ids import Typed, customer_argument, customer_of
from mailgate.cli.output import (
    EX_DATAERR,
    EX_UNAVAILABLE,
    EX_USAGE,
    Row,
    fail,
    json_option,
    print_object,
    wants_json,
)
from mailgate.flows.billing import check_vat as checking
from mailgate.people import Customer, line_fault
from mailgate.wiring.servers import vies_of
from store.billing import accounts
from store.engine import reading, transaction

SOURCES = ("staff", "vies")

_WORDS = ("organisation", "street", "postcode", "city", "region", "vat_id")
_OPTIONS = (
    click.option("--organisation", help='The company, as its bills name it; "" takes it away, as below.'),
    click.option("--street", help="Street and number."),
    click.option("--postcode", help="Postal code."),
    click.option("--city", help="Town."),
    click.option("--region", help="State or province; for taxes of a county NY-Erie."),
    click.option("--vat-id", help="Of the customer's own country; checked for its form only."),
    click.option("--tax-exempt", metavar="REASON", help="Take no tax, for this reason, which stands on each bill."),
    click.option("--no-tax-exempt", is_flag=True, help="Take tax again."),
    click.option("--bill-day", type=int, metavar="N", help="Day of the month on which its services renew, 1 to 31."),
    click.option("--no-bill-day", is_flag=True, help="That of its first service."),
    click.option(
        "--billed-elsewhere/--not-billed-elsewhere",
        default=None,
        help="A reseller's own customer: never invoiced, and never mailed about money.",
    ),
    click.option(
        "--monthly-statement/--no-monthly-statement",
        default=None,
        help="A statement of the month before, by mail on the first of each month.",
    ),
    click.option("--billing-contact", metavar="ADDRESS", help="Which contact bills are made out to."),
    click.option("--no-billing-contact", is_flag=True, help="The one with the role invoice, else the owner."),
)
_TAKEN_AWAY = (
    ("no_tax_exempt", "tax_exempt"),
    ("no_bill_day", "bill_day"),
    ("no_billing_contact", "billing_contact"),
)


def billing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """All of them, in the order of the help."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def taken_billing(options: dict[str, Any]) -> dict[str, object]:
    """What of the options is about billing, by the fields of a profile; it is taken out of `options`."""
    given: dict[str, object] = {}
    for word in _WORDS:
        if (value := options.pop(word)) is not None:
            given[word] = value
    for flag in ("billed_elsewhere", "monthly_statement"):
        if (wanted := options.pop(flag)) is not None:
            given[flag] = wanted
    for flag, option in _TAKEN_AWAY:
        value, takes_away = options.pop(option), options.pop(flag)
        if value is not None and takes_away:
            names = f"--{option.replace('_', '-')} and --{flag.replace('_', '-')}"
            fail(f"{names} contradict each other", code=EX_USAGE, hint="mailgate customer edit --help", name="usage")
        field = "exempt_reason" if option == "tax_exempt" else option
        if value is not None:
            given[field] = value
        elif takes_away:
            given[field] = None if field == "bill_day" else ""
    return given


def with_billing(conn: Connection, customer: Customer, row: Row) -> Row:
    """The row of a customer with how it is billed: as an object in JSON, else a line for each thing that is known."""
    account, proof = accounts.account(conn, customer.id), accounts.last_proof(conn, customer.id)
    billing = _billing(customer, account, proof)
    if wants_json():
        return {**row, "billing": billing}
    if proof is not None:
        told = "valid" if proof.is_valid else "not valid"
        billing["proof"] = f"{proof.vat_id} {told}, {proof.checked_at:%Y-%m-%d}, {proof.source} {proof.number}".rstrip()
    known = {f"billing {key.replace('_', ' ')}": value for key, value in billing.items() if value}
    return {**row, **known}


@click.command()
@customer_argument
@click.option("--vat-id", required=True, help="Which was proven: that of the customer.")
@click.option("--number", required=True, help="Of the consultation, or where the proof is kept.")
@click.option("--source", type=click.Choice(SOURCES), default="staff", show_default=True, help="Who found it out.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="When; by default now.")
@click.option("--invalid", is_flag=True, help="It was found that nobody has this VAT id.")
@json_option
def proof(customer: Typed, vat_id: str, number: str, source: str, on: datetime | None, invalid: bool) -> None:
    """Record a proof of a VAT id that was checked by hand, as while VIES is away: it counts for 90 days."""
    at = datetime.combine(on.date(), time(12), UTC) if on else now()
    if at.date() > now().date():
        fail(f"{at.date()} is still to come", code=EX_DATAERR, hint="a proof has the day on which it was found")
    if fault := line_fault(number):
        fail(f"{number!r} {fault}" if number.strip() else f"the number {fault}", code=EX_DATAERR)
    with gate() as parts, transaction(parts.engine) as conn:
        found = customer_of(conn, customer)
        try:
            vat_id = read_vat_id(vat_id, found.country or "")
        except BadVatId as error:
            fail(str(error), code=EX_DATAERR, name=type(error).__name__)
        kept = Proof(vat_id, at, not invalid, number, source)
        checking.record_proof(conn, found.id, kept)
    print_object(_proof_row(found.id, kept))


@click.command("check-vat")
@customer_argument
@json_option
def check_vat(customer: Typed) -> None:
    """Ask VIES about a customer's VAT id, and keep the answer with the number of the consultation."""
    with gate() as parts:
        vies = vies_of(parts.settings)
        if vies is None:
            fail("billing.vies_url is empty: nobody is asked", code=EX_UNAVAILABLE, hint="mailgate customer proof")
        with reading(parts.engine) as conn:
            customer_id = customer_of(conn, customer).id
        kept = checking.check_vat(customer_id, engine=parts.engine, vies=vies)
    print_object(_proof_row(customer_id, kept))


def _billing(customer: Customer, account: Account, proof: Proof | None) -> dict[str, object]:
    """The JSON face of a profile. `contact` is whom bills are made out to now, `billing_contact` whom staff named."""
    contact = billing_contact(customer, account)
    named = contact if contact and contact.id == account.contact_id else None
    return {
        "contact": contact.address if contact else None,
        "billing_contact": named.address if named else None,
        "organisation": account.organisation,
        "street": account.street,
        "postcode": account.postcode,
        "city": account.city,
        "region": account.region,
        "country": customer.country,
        "vat_id": account.vat_id,
        "tax_exempt": account.exempt_reason or None,
        "bill_day": account.bill_day,
        "billed_elsewhere": account.billed_elsewhere,
        "monthly_statement": account.monthly_statement,
        "parked_because": account.parked_because or None,
        "proof": _told(proof) if proof else None,
    }


def _told(proof: Proof) -> Mapping[str, object]:
    return {
        "vat_id": proof.vat_id,
        "valid": proof.is_valid,
        "checked_at": proof.checked_at,
        "number": proof.number,
        "source": proof.source,
    }


def _proof_row(customer_id: int, proof: Proof) -> Row:
    return {"customer": customer_id, **_told(proof)}
