"""Our minor units and the provider's whole numbers: ISO 4217 here, its own table there.

The provider counts most currencies in their minor units, as we do. The table names those that it counts otherwise: some
in whole major units, two in hundredths that must be 00, and those of three decimals in thousandths that end in 0.
As published at https://docs.stripe.com/currencies (zero-decimal, three-decimal, special cases, minimum amounts).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailgate.billing.money.amount import rounded
from mailgate.errors import Permanent
from mailgate.payments.provider import Unfit

_AS_OURS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK DKK
    DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
    RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW
    BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF
"""
"""Counted in minor units of ISO 4217: hundredths, or for the last line whole ones."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How the provider counts one currency: `units` of it are `minor` of ours, and it takes multiples of `step`."""

    units: int = 1
    minor: int = 1
    step: int = 1


_PLAIN = Scale()
_THREE_DECIMALS = Scale(step=10)
_WHOLE_IN_HUNDREDTHS = Scale(units=100, step=100)
_SCALES: Mapping[str, Scale] = MappingProxyType(
    dict.fromkeys(_AS_OURS.split(), _PLAIN)
    | dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), _THREE_DECIMALS)
    | dict.fromkeys(("ISK", "UGX"), _WHOLE_IN_HUNDREDTHS)
    | {"MGA": Scale(minor=100)}
)

_MINIMUMS: Mapping[str, int] = MappingProxyType(
    {
        "AED": 200,
        "AUD": 50,
        "BRL": 50,
        "CAD": 50,
        "CHF": 50,
        "CZK": 1500,
        "DKK": 250,
        "EUR": 50,
        "GBP": 30,
        "HKD": 400,
        "HUF": 17500,
        "INR": 50,
        "JPY": 50,
        "MXN": 1000,
        "MYR": 200,
        "NOK": 300,
        "NZD": 50,
        "PLN": 200,
        "RON": 200,
        "SEK": 300,
        "SGD": 50,
        "THB": 1000,
        "USD": 50,
    }
)
"""In minor units. For other currencies none is published: what their amount is worth where it is paid out decides."""


class UnsupportedCurrency(Unfit):
    """The provider takes no payments in this currency."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"the payment provider takes no {currency[:20]!r}")


class OddUnits(Permanent):
    """An amount of the provider's that is no whole number of our minor units, which it says it never has."""

    def __init__(self, units: int, currency: str) -> None:
        super().__init__(f"the payment provider tells of {units} units of {currency}, which is no whole amount")


@dataclass(frozen=True, slots=True)
class Expressed:
    """An amount as the provider counts it, and what of ours is left over: less than the least step of it."""

    units: int
    rest_minor: int


def is_supported(currency: str) -> bool:
    """Whether the provider takes this currency."""
    return currency in _SCALES


def expressed(minor: int, currency: str) -> Expressed:
    """An amount, which is not negative, in the provider's units, rounded down. Raises UnsupportedCurrency."""
    scale = _scale(currency)
    units = minor * scale.units // scale.minor
    units -= units % scale.step
    return Expressed(units, minor - units * scale.minor // scale.units)


def minor_of(units: int, currency: str) -> int:
    """What the provider counted, in our minor units; less than 0, too. Raises UnsupportedCurrency, OddUnits."""
    scale = _scale(currency)
    if units % scale.units:
        raise OddUnits(units, currency)
    return units // scale.units * scale.minor


def nearest_minor(units: int, currency: str) -> int:
    """The same of what the provider has reckoned by itself, a fee or a payout, which need not be whole."""
    scale = _scale(currency)
    return rounded(units * scale.minor, scale.units)


def least_minor(currency: str) -> int:
    """The least that the provider charges, at least one step of its units. Raises UnsupportedCurrency."""
    scale = _scale(currency)
    return max(_MINIMUMS.get(currency, 0), scale.step * scale.minor // scale.units)


def _scale(currency: str) -> Scale:
    try:
        return _SCALES[currency]
    except KeyError:
        raise UnsupportedCurrency(currency) from None
