"""Amounts of money, and rates, in words of the reader's language: every digit that ISO 4217 has, no other."""

from babel.numbers import NumberPattern, parse_pattern

from mailgate.billing.money.amount import written
from mailgate.billing.money.currencies import exponent
from mailgate.language.telling import speech


def amount(minor: int, currency: str) -> str:
    """An amount with its code: "EUR 1,234.50", "1.234,50 EUR". The code, since many currencies are called dollar."""
    digits = exponent(currency)
    locale = speech().locale
    with_code = str(locale.currency_formats["standard"].pattern).replace("¤", "¤¤")
    pattern: NumberPattern = parse_pattern(with_code.replace("¤¤#", "¤¤\u00a0#").replace("0¤¤", "0\u00a0¤¤"))
    pattern.frac_prec = (digits, digits)  # CLDR counts the digits that people use
    return str(pattern.apply(written(minor, currency), locale, currency=currency, currency_digits=False))


def decimal_number(text: str) -> str:
    """A decimal with all its digits: "1,234.50", "1.234,50"."""
    locale = speech().locale
    pattern: NumberPattern = parse_pattern(str(locale.decimal_formats[None].pattern))
    digits = len(text.partition(".")[2])
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(text, locale))


def percent(rate: str) -> str:
    """A rate of tax, given as a decimal: "8.875%", "8,875 %"."""
    locale = speech().locale
    pattern: NumberPattern = parse_pattern(str(locale.percent_formats[None].pattern))
    pattern.scale = 0  # the number counts percents already
    digits = len(rate.partition(".")[2])
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(rate, locale))
