"""Standard rates of VAT in the European Union since 2016, as an operator would write them down as rules."""

from collections.abc import Mapping
from datetime import date

from mailgate.billing.offer.product import TaxRule

SINCE = "2016-01-01"

STANDARD_RATES: Mapping[str, str] = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "20", "ES": "21",
    "FI": "24", "FR": "20", "GR": "23", "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LT": "21", "LU": "17",
    "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23", "RO": "20", "SE": "25", "SI": "22", "SK": "20",
}  # fmt: skip

CHANGES = """
GR 24 2016-06-01
RO 19 2017-01-01
DE 16 2020-07-01
IE 21 2020-09-01
DE 19 2021-01-01
IE 23 2021-03-01
LU 16 2023-01-01
LU 17 2024-01-01
EE 22 2024-01-01
FI 25.5 2024-09-01
SK 23 2025-01-01
EE 24 2025-07-01
RO 21 2025-08-01
"""


def rule(country: str, rate: str, since: str = SINCE, *, region: str = "", **more: str) -> TaxRule:
    """A rule of the class "standard"."""
    given = {"tax_class": "standard", "category": "S", "name": "VAT", **more}
    return TaxRule(country, region, rate=rate, from_on=date.fromisoformat(since), **given)


EU_RULES = (
    *(rule(country, rate) for country, rate in STANDARD_RATES.items()),
    *(rule(*line.split()) for line in CHANGES.split("\n") if line),
)
