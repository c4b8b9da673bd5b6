"""VAT ids: their form, and whose they can be."""

import pytest

from mailgate.billing.tax.vat_id import BadVatId, country_of, is_in_eu, read_vat_id, vat_country, vat_prefix


@pytest.mark.parametrize(
    ("text", "country", "kept"),
    [
        ("DE 123.456.788", "DE", "DE123456788"),
        ("de123456788", "DE", "DE123456788"),
        ("EL 123456783", "GR", "EL123456783"),
        ("BE 697449992", "BE", "BE0697449992"),
        ("FR40303265045", "MC", "FR40303265045"),
        ("XI 123456782", "GB", "XI123456782"),
        ("GB 123 4567 82", "GB", "GB 123 4567 82"),
        ("che-123.456.788  mwst", "CH", "CHE-123.456.788 MWST"),
    ],
)
def test_a_vat_id_is_kept_as_its_country_writes_it(text: str, country: str, kept: str) -> None:
    assert read_vat_id(text, country) == kept


@pytest.mark.parametrize(
    ("text", "country", "message"),
    [
        ("DE123456789", "DE", "'DE123456789' is no VAT id of DE: its length or check digits are wrong"),
        ("123456788", "DE", "'123456788' is no VAT id of DE: those begin with DE"),
        ("ATU12345675", "DE", "is no VAT id of DE: those begin with DE"),
        ("GR123456783", "GR", "is no VAT id of GR: those begin with EL"),
        ("EU372000041", "AT", "is no VAT id of AT: those begin with AT"),
        ("DE123456788", "CH", "is a VAT id of DE, not of CH"),
        ("XI123456783", "GB", "check digits are wrong"),
        ("DE１２３４５６７８８", "DE", "has other signs than letters and digits"),
        ("CHE–1", "CH", "is no VAT id: 2 to 30 letters"),
        ("1", "CH", "is no VAT id: 2 to 30 letters"),
        ("DE123456788", "", "give the country first"),
    ],
)
def test_what_cannot_be_a_vat_id_of_the_country_is_refused(text: str, country: str, message: str) -> None:
    with pytest.raises(BadVatId) as raised:
        read_vat_id(text, country)

    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("code", "country", "prefix", "in_eu"),
    [("GR", "GR", "EL", True), ("el", "GR", "EL", True), ("UK", "GB", "GB", False), ("MC", "FR", "FR", True),
     ("IM", "GB", "GB", False), ("RE", "RE", "RE", False), ("de", "DE", "DE", True)],
)  # fmt: skip
def test_countries_are_those_of_vat(code: str, country: str, prefix: str, in_eu: bool) -> None:
    assert (vat_country(code), vat_prefix(code), is_in_eu(code)) == (country, prefix, in_eu)


@pytest.mark.parametrize(("vat_id", "country"), [("EL123456783", "GR"), ("XI123456782", "GB"), ("12345", ""), ("", "")])
def test_the_country_of_a_vat_id_is_its_prefix(vat_id: str, country: str) -> None:
    assert country_of(vat_id) == country
