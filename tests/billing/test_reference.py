"""Creditor references and bank accounts, against another library that knows them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, iso11649, numdb

from mailgate.billing.document.reference import is_bic, is_iban, is_reference, make_reference

BASE = st.from_regex(r"[0-9A-Z]{1,21}", fullmatch=True)
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

IBANS = (
    "AD1200012030200359100100", "AE070331234567890123456", "AT611904300234573201", "BE68539007547034",
    "BG80BNBG96611020345678", "BR1800360305000010009795493C1", "CH9300762011623852957", "CY17002001280000001200527600",
    "CZ6508000000192000145399", "DE89370400440532013000", "DK5000400440116243", "EE382200221020145685",
    "ES9121000418450200051332", "FI2112345600000785", "FR1420041010050500013M02606", "GB29NWBK60161331926819",
    "GI75NWBK000000007099453", "GR1601101250000000012300695", "HR1210010051863000160", "HU42117730161111101800000000",
    "IE29AIBK93115212345678", "IS140159260076545510730339", "IT60X0542811101000000123456", "LI21088100002324013AA",
    "LT121000011101001000", "LU280019400644750000", "LV80BANK0000435195001", "MC5811222000010123456789030",
    "MT84MALT011000012345MTLCAST001S", "NL91ABNA0417164300", "NO9386011117947", "PL61109010140000071219812874",
    "PT50000201231234567890154", "RO49AAAA1B31007593840000", "SE4550000000058398257466", "SI56263300012039086",
    "SK3112000000198742637541", "SM86U0322509800000000270100", "VA59001123000012345678",
)  # fmt: skip
"""An example of each country that takes part in transfers in euros, and of two more: from their own registries."""


@given(BASE)
def test_a_reference_is_one_that_others_take(base: str) -> None:
    made = make_reference(base)

    assert iso11649.is_valid(made)
    assert is_reference(made)
    assert made[4:] == base


@given(BASE, st.integers(0, 99))
def test_other_check_digits_are_refused_as_others_refuse_them(base: str, digits: int) -> None:
    text = f"RF{digits:02}{base}"

    assert is_reference(text) == (iso11649.is_valid(text) and 2 <= digits <= 98)
    assert is_reference(text) == (text == make_reference(base))


@given(BASE, st.data())
def test_one_wrong_sign_or_two_that_were_swapped_are_found(base: str, data: st.DataObject) -> None:
    """Among digits, or among letters: a letter counts as two digits, so one for the other moves all before it."""
    made = make_reference(base)
    at = data.draw(st.integers(4, len(made) - 1))
    alike = [sign for sign in SIGNS if sign.isdigit() == made[at].isdigit() and sign != made[at]]
    other = data.draw(st.sampled_from(alike))
    swapped = made[: at - 1] + made[at] + made[at - 1] + made[at + 1 :]

    assert not is_reference(made[:at] + other + made[at + 1 :])
    assert swapped == made or made[at - 1].isdigit() != made[at].isdigit() or not is_reference(swapped)


@pytest.mark.parametrize("base", ["539007547034", " 5390 0754 7034 ", "5 3 9 0 0 7 5 4 7 0 3 4"])
def test_blanks_do_not_matter_in_a_base(base: str) -> None:
    assert make_reference(base) == "RF18539007547034"


def test_case_does_not_matter_in_a_base() -> None:
    assert make_reference("tu06fx") == make_reference("Tu 06 fX") == "RF96TU06FX"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("RF18539007547034", True),
        ("RF18 5390 0754 7034", True),
        ("  rf18 5390 0754 7034 ", True),
        ("RF6 8AB2 G5", True),
        ("RF68AB2G5", True),
        ("RF18-5390-0754-7034", False),
        ("RF18\t539007547034", False),
        ("RF18\u00a0539007547034", False),
        ("RF18.539007547034", False),
        ("RF19539007547034", False),
        ("RF", False),
        ("RF18", False),
        ("", False),
        ("539007547034", False),
        ("RF18539007547034\n", False),
        ("ＲＦ18539007547034", False),
        ("RF18５39007547034", False),
        ("ſRF18539007547034", False),
        (make_reference("A" * 21), True),
        (make_reference("A" * 21) + "A", False),
    ],
)
def test_a_reference_as_a_person_types_it(text: str, is_one: bool) -> None:
    assert is_reference(text) is is_one


@given(st.text())
def test_no_text_is_too_odd_to_be_checked(text: str) -> None:
    for check in (is_reference, is_iban, is_bic):
        assert check(text) in (True, False)
        assert check(f"RF{text}") in (True, False)


@pytest.mark.parametrize("account", IBANS)
def test_an_account_of_every_country_is_one(account: str) -> None:
    assert iban.is_valid(account, check_country=False)
    assert is_iban(account)
    assert is_iban(" ".join(account[at : at + 4] for at in range(0, len(account), 4)).lower())


@pytest.mark.parametrize("account", IBANS)
def test_an_account_of_another_length_is_none_though_its_check_digits_are_right(account: str) -> None:
    for inner in (account[4:-1], account[4:] + "0"):
        digits = iban.calc_check_digits(f"{account[:2]}00{inner}")
        other = f"{account[:2]}{digits}{inner}"

        assert not iban.is_valid(other, check_country=False)
        assert not is_iban(other)


@pytest.mark.parametrize("country", [a + b for a in SIGNS[10:] for b in SIGNS[10:]])
def test_an_account_has_the_length_of_its_country_where_others_know_one(country: str) -> None:
    ((_, known),) = numdb.get("iban").info(country)[:1]
    of_country = sum(int(digits) for digits in re.findall("[0-9]+", known["bban"])) + 4 if known else None

    for length in range(14, 36):
        inner = "0" * (length - 4)
        account = f"{country}{98 - int(f'{inner}{int(country[0], 36)}{int(country[1], 36)}00') % 97:02}{inner}"
        assert is_iban(account) == (length == of_country if of_country else 15 <= length <= 34)


@given(st.sampled_from(IBANS), st.integers(0, 99))
def test_check_digits_of_an_account_are_right_for_us_where_they_are_for_others(account: str, digits: int) -> None:
    text = f"{account[:2]}{digits:02}{account[4:]}"

    assert is_iban(text) == (iban.is_valid(text, check_country=False) and 2 <= digits <= 98)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("BYLADEM1001", True),
        ("COBADEFF", True),
        ("cobadeffxxx", True),
        ("E097DEFF", True),  # since 2014 the first four may be digits, too
        ("COBADEF", False),
        ("COBADEFFX", False),
        ("COBADEFFXX", False),
        ("COBADEFFXXXX", False),
        ("COBA1EFF", False),
        ("COBÄDEFF", False),
        ("", False),
    ],
)
def test_a_bank_has_eight_signs_or_eleven(text: str, is_one: bool) -> None:
    assert is_bic(text) is is_one
