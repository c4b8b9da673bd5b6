"""Country codes are those of the standard, and a region is one however it is written."""

import pytest
from babel import Locale

from mailgate.billing.tax.countries import COUNTRIES, region_key

NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""What locale data has names for, beside countries: islands, unions, and codes for tests."""


def test_countries_are_those_that_locale_data_knows() -> None:
    known = {str(code) for code in Locale("en").territories if len(str(code)) == 2}

    assert known - NO_COUNTRIES == COUNTRIES


@pytest.mark.parametrize(
    ("country", "region", "key"),
    [("US", "NY", "NY"), ("US", "us-ny", "NY"), ("US", " US-NY ", "NY"), ("CA", "US-NY", "US-NY"), ("DE", "", "")],
)
def test_a_region_is_compared_without_its_country_and_case(country: str, region: str, key: str) -> None:
    assert region_key(country, region) == key
