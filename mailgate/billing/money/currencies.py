"""Every currency of ISO 4217 with the digits of its minor unit, and those that a customer may have."""

from collections.abc import Mapping
from types import MappingProxyType

from mailgate.errors import Permanent

_IN_USE = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
        CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
        KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
        NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
        TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_FUNDS = {0: "UYI", 2: "BOV CHE CHW COU MXV USN XAD", 4: "CLF UYW"}
"""Codes for funds and units of account: sums are reckoned in them, nobody pays with them."""


def _by_code(*tables: Mapping[int, str]) -> dict[str, int]:
    return {code: digits for table in tables for digits, codes in table.items() for code in codes.split()}


CURRENCIES = frozenset(_by_code(_IN_USE))
"""What a customer may be billed in: active codes, without funds, metals and test codes."""

EXPONENTS: Mapping[str, int] = MappingProxyType(_by_code(_IN_USE, _FUNDS))
"""Digits behind the point: the standard's own. Locale data counts what people use: fewer, for fifteen of them."""

_UNITS = {code: int(f"1{'0' * digits}") for code, digits in EXPONENTS.items()}


class UnknownCurrency(Permanent):
    """No code of ISO 4217 that has minor units."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"{currency!r} is no currency code of ISO 4217")


def exponent(currency: str) -> int:
    """How many digits a currency has behind the point (ISO 4217). Raises UnknownCurrency."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def unit(currency: str) -> int:
    """How many minor units a major one has: 100 cents, 1 yen. Raises UnknownCurrency."""
    try:
        return _UNITS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None
