"""Amounts of money in words: from whole minor units, by the exponents of ISO 4217."""

from decimal import Decimal

from babel.numbers import parse_pattern

from mailgate.language.telling import speech

# CLDR counts the digits that people use, which for fifteen currencies are fewer than ISO 4217 has.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def exponent(currency: str) -> int:
    """How many digits a currency has behind the point (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def amount(minor: int, currency: str) -> str:
    """An amount with its code: "EUR 1,234.50", "1.234,50 EUR". The code, since many currencies are called dollar."""
    digits = exponent(currency)
    locale = speech().locale
    with_code = str(locale.currency_formats["standard"].pattern).replace("¤", "¤¤")
    pattern = parse_pattern(with_code.replace("¤¤#", "¤¤\u00a0#").replace("0¤¤", "0\u00a0¤¤"))
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(Decimal(minor).scaleb(-digits), locale, currency=currency, currency_digits=False))
