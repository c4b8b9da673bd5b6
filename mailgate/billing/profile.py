"""What is known of a customer for its bills: the checks of what staff write down, and who a document is made out to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailgate.billing.party import Account, Buyer
from mailgate.billing.tax.vat_id import BadVatId, read_vat_id
from mailgate.mail.address import address_key
from mailgate.people import BadDetail, BadDetails, Contact, Customer, Role, line_fault

LAST_BILL_DAY = 31

_CALLED = {"exempt_reason": "reason of the exemption"}
"""Fields whose name in the program is no word for people."""


def edited(account: Account, customer: Customer, given: Mapping[str, object]) -> Account:
    """The account with these values of its profile; `customer` is as it will be, with its country.

    `given` has fields of Account, but for the contact: that is given by `billing_contact`, an address. Text is kept as
    it was given, a VAT id as VIES has it; "" and None take a value away. Raises BadDetails, which names all that is
    wrong, also a VAT id that was there and does not fit a new country.
    """
    bad: list[BadDetail] = []
    values: dict[str, object] = {}
    for field, value in given.items():
        if field == "billing_contact":
            continue
        values[field] = value
        fault = line_fault(value) if isinstance(value, str) and value else ""
        if fault:
            bad.append(BadDetail(_CALLED.get(field, field), str(value), fault))
    if (day := given.get("bill_day")) is not None and not 1 <= int(str(day)) <= LAST_BILL_DAY:
        bad.append(BadDetail("bill_day", str(day), f"is no day of a month: 1 to {LAST_BILL_DAY}"))
    vat_id = str(given.get("vat_id", account.vat_id))
    if vat_id and not any(one.field == "vat_id" for one in bad):
        try:
            values["vat_id"] = read_vat_id(vat_id, customer.country or "")
        except BadVatId as error:
            bad.append(BadDetail("vat_id", vat_id, error.reason))
    if "billing_contact" in given:
        address = str(given["billing_contact"] or "")
        contact = _contact_with(address, customer.contacts) if address else None
        values["contact_id"] = contact.id if contact else None
        if address and contact is None:
            bad.append(BadDetail("billing_contact", address, f"is no contact of customer {customer.id}"))
    if bad:
        raise BadDetails(bad)
    return replace(account, **values)  # type: ignore[arg-type]


def buyer(customer: Customer, account: Account) -> Buyer:
    """Who a document of this moment is made out to, with the name and address of who gets it."""
    contact = billing_contact(customer, account)
    return Buyer(
        customer.id,
        contact.name if contact else customer.name,
        contact.address if contact else customer.address,
        organisation=account.organisation,
        street=account.street,
        postcode=account.postcode,
        city=account.city,
        region=account.region,
        country=customer.country or "",
        vat_id=account.vat_id,
        exempt_reason=account.exempt_reason,
    )


def billing_contact(customer: Customer, account: Account) -> Contact | None:
    """The one whom staff named, else the first who gets invoices, else the owner. None: nobody is left."""
    ways = (
        lambda one: one.id == account.contact_id,
        lambda one: Role.INVOICE in one.roles,
        lambda one: Role.OWNER in one.roles,
    )
    return next((one for fits in ways for one in customer.contacts if fits(one)), None)


def _contact_with(address: str, contacts: Sequence[Contact]) -> Contact | None:
    key = address_key(address)
    return next((one for one in contacts if address_key(one.address) == key), None)
