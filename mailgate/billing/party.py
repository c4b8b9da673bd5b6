"""Who sells and who pays, as they stand on a document, and what proves that a customer is a business abroad."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class Seller:
    """The company that bills: `[seller]` of the settings. Empty text where something is not given."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""  # ISO 3166-1, two letters
    vat_id: str = ""
    tax_number: str = ""
    register_id: str = ""
    email: str = ""
    phone: str = ""
    iban: str = ""
    bic: str = ""
    check_payable_to: str = ""
    check_address: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as a document names it: frozen at issue."""

    customer_id: int
    name: str  # of the billing contact, or the customer's own
    email: str
    organisation: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    vat_id: str = ""
    exempt_reason: str = ""  # why no tax is taken; "" when it is


@dataclass(frozen=True, slots=True)
class Proof:
    """What VIES, or a member of staff, found about a VAT id."""

    vat_id: str
    checked_at: datetime
    is_valid: bool
    number: str  # the consultation number
    source: str  # "vies" or "staff"


@dataclass(frozen=True, slots=True)
class Account:
    """What billing knows of a customer beside the customer itself; every story about money locks it first."""

    customer_id: int
    contact_id: int | None = None  # the default billing contact, whose address is the buyer's
    organisation: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    vat_id: str = ""
    exempt_reason: str = ""
    bill_day: int | None = None  # None until the first aligned service, or staff, set it
    billed_elsewhere: bool = False  # a reseller's own customers: never invoiced, never mailed about money
    monthly_statement: bool = False  # on the first of each month one of the month before is sent
    bill_at: datetime | None = None  # when the run has to look again; None: nothing to bill
    parked_because: str = ""  # an error that keeps the account out of runs until staff have looked
    hold_until: date | None = None  # the last of its days on which no run bills it; `UNTIL_RELEASED`: no end is known
    hold_by: str = ""

    @classmethod
    def fresh(cls, customer_id: int) -> Self:
        """An account of which nothing is known yet."""
        return cls(customer_id)


_KEPT_BY_STORIES = ("customer_id", "bill_at", "parked_because", "hold_until", "hold_by")

PROFILE = tuple(one.name for one in fields(Account) if one.name not in _KEPT_BY_STORIES)
"""What staff may edit of an account."""

MONEY_SINCE = date(2000, 1, 1)
"""No service of ours began, and nothing is billed, before this day: an older date is a slip of the finger."""
MONEY_UNTIL = date(2199, 12, 31)
"""Nor after this one."""
UNTIL_RELEASED = MONEY_UNTIL
"""What staff hold back until one of them says otherwise rests until then."""
