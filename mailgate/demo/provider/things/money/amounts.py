"""Which amounts it takes: its currencies, their smallest unit, and the least and the most that can be charged."""

from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import malformed, wrong

# The presentment currencies for cards of https://docs.stripe.com/currencies
_CODES = """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp
    cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk
    jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn
    nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std
    szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
"""
_ZERO = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
CURRENCIES = frozenset(_CODES.split())
ZERO_DECIMALS = frozenset(_ZERO.split())
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_BY_HUNDREDS = frozenset({"isk", "ugx"})
"""Written with two decimals that are 00, for the sake of old callers."""

LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
_LEAST_OF_OTHERS = {"two": 50, "zero": 50, "three": 200}
MOST = 99_999_999


def currency_of(fields: Fields, name: str = "currency") -> str:
    """A currency that it takes."""
    currency = fields.needed(name).lower()
    if currency not in CURRENCIES:
        raise malformed(f"Invalid currency: {currency}.", param=fields.at(name))
    return currency


def check_expressible(amount: int, currency: str, param: str) -> None:
    """Raises Refusal for an amount that the currency does not have."""
    if currency in THREE_DECIMALS and amount % 10:
        raise malformed(
            f"Invalid amount: {currency} has three decimals here, the last of which must be 0.",
            param=param,
            code="parameter_invalid_integer",
        )
    if currency in WHOLE_BY_HUNDREDS and amount % 100:
        raise malformed(
            f"Invalid amount: {currency} has no decimals, which are written as 00.",
            param=param,
            code="parameter_invalid_integer",
        )


def check_chargeable(amount: int, currency: str, param: str) -> None:
    """Raises Refusal for an amount that cannot be charged."""
    if amount < 0:
        raise malformed("This value must be greater than or equal to 0.", param=param, code="parameter_invalid_integer")
    check_expressible(amount, currency, param)
    if amount < least(currency):
        message = f"Amount must be at least {least(currency)} of the smallest unit of {currency}"
        raise wrong(message, param=param, code="amount_too_small")
    if amount > MOST:
        raise wrong(f"Amount must be no more than {MOST}", param=param, code="amount_too_large")


def least(currency: str) -> int:
    """What must be charged at least."""
    width = "zero" if currency in ZERO_DECIMALS else "three" if currency in THREE_DECIMALS else "two"
    return LEAST.get(currency, _LEAST_OF_OTHERS[width])


def fee_of(amount: int) -> int:
    """What it keeps of a charge: 1.5 % and 25 of the smallest unit."""
    return min(amount, amount * 15 // 1000 + 25)
