"""Who buys: customers of twelve zones and five currencies, some of them businesses whose VAT id is proven."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where customers are."""

    country: str
    region: str
    zone: str
    currency: str
    vat_id: str = ""


PLACES = (
    Place("DE", "", "Europe/Berlin", "EUR"),
    Place("AT", "", "Europe/Vienna", "EUR", "ATU12345675"),
    Place("FR", "", "Europe/Paris", "EUR"),
    Place("FI", "", "Europe/Helsinki", "EUR"),
    Place("GB", "", "Europe/London", "GBP"),
    Place("US", "NY", "America/New_York", "USD"),
    Place("US", "CA", "America/Los_Angeles", "USD"),
    Place("JP", "", "Asia/Tokyo", "JPY"),
    Place("KW", "", "Asia/Kuwait", "KWD"),
    Place("NZ", "", "Pacific/Auckland", "USD"),
    Place("KI", "", "Pacific/Kiritimati", "USD"),  # the first of all days
    Place("AS", "", "Pacific/Pago_Pago", "USD"),  # and the last
)


@dataclass(frozen=True)
class Buyer:
    """One customer."""

    id: int
    place: Place
    is_business: bool


def buyer(number: int) -> Buyer:
    """The n-th customer, from 1 on; every second in Vienna is a business."""
    place = PLACES[(number - 1) % len(PLACES)]
    return Buyer(number, place, bool(place.vat_id) and number % (2 * len(PLACES)) < len(PLACES))
