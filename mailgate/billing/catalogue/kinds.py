"""The kinds of values in a catalogue: each takes what stands in the file and gives ours, or says what is meant."""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from mailgate.billing.catalogue.table import Given, Unknown, told
from mailgate.billing.money.amount import BadAmount, NoDecimal, decimal, example, read_amount, written
from mailgate.billing.party import MONEY_SINCE, MONEY_UNTIL
from mailgate.billing.tax.countries import COUNTRIES, WRITTEN_OTHERWISE, region_key
from mailgate.billing.tax.groups import read_rate
from mailgate.toml_text.problems import BadValue

C = TypeVar("C", bound=StrEnum)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")  # so that it can be typed in a mail, and after --sku
_MAX_NAME = 64
_MAX_RATE_DIGITS = 10
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_BREAK = re.compile(r"[\t\n]")


def name(given: Given) -> str:
    """A sku, a code, the name of an option: what people type to mean it."""
    text = _text(given)
    if not _NAME.match(text) or len(text) > _MAX_NAME:
        raise BadValue(
            f"{given.written} is no short name: letters from a to z, digits, full stops, hyphens and underscores, "
            f"{_MAX_NAME} at most"
        )
    return text


def line(longest: int) -> Callable[[Given], str]:
    """Words on one line."""

    def read(given: Given) -> str:
        text = words(longest)(given)
        if _LINE_BREAK.search(text):
            raise BadValue("must be on one line, without tabs")
        return text

    return read


def words(longest: int) -> Callable[[Given], str]:
    """Words, on several lines perhaps."""

    def read(given: Given) -> str:
        text = _text(given).strip()
        if not text:
            raise BadValue("must not be empty")
        if _CONTROL.search(text):
            raise BadValue(f"{given.written} has a control character in it")
        if len(text) > longest:
            raise BadValue(f"has {len(text)} characters: {longest} at most")
        return text

    return read


def words_or_number(longest: int) -> Callable[[Given], str]:
    """A limit: "20 GB", or 50."""

    def read(given: Given) -> str:
        if isinstance(given.value, int) and not isinstance(given.value, bool):
            return str(given.value)
        return line(longest)(given)

    return read


def choice(kind: type[C]) -> Callable[[Given], C]:
    """One of a few words."""

    def read(given: Given) -> C:
        text = _text(given)
        try:
            return kind(text)
        except ValueError:
            known = [one.value for one in kind]
            raise Unknown(f"must be one of {', '.join(known)}, not {given.written}", text, known) from None

    return read


def flag(given: Given) -> bool:
    """True or false."""
    if not isinstance(given.value, bool):
        raise BadValue(f"must be true or false, without quotes, not {told(given)}")
    return given.value


def whole(low: int, high: int) -> Callable[[Given], int]:
    """A whole number from `low` to `high`, both allowed."""

    def read(given: Given) -> int:
        number = given.value
        if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
            raise BadValue(f"must be a whole number from {low} to {high}, not {told(given)}")
        return number

    return read


def day(given: Given) -> date:
    """A date of TOML."""
    found = given.value
    if not isinstance(found, date) or isinstance(found, datetime):
        raise BadValue(f"must be a date without quotes, such as 2030-01-31, not {told(given)}")
    if not MONEY_SINCE <= found <= MONEY_UNTIL:
        raise BadValue(f"must be a day from {MONEY_SINCE} to {MONEY_UNTIL}, not {given.written}")
    return found


def amount(currency: str) -> Callable[[Given], int]:
    """Minor units, from text in major units."""

    def read(given: Given) -> int:
        if not isinstance(given.value, str):
            raise BadValue(f'must be text in quotes, such as "{_in_quotes(given, currency)}", not {told(given)}')
        try:
            return read_amount(given.value, currency)
        except BadAmount as bad:
            meant = example(currency)
            raise BadValue(str(bad).replace("'", '"').replace(f"write {meant}", f'write "{meant}"')) from None

    return read


def rate(given: Given) -> str:
    """A percentage from 0 to 100, as it is written."""
    text = _percentage(given)
    if len(text) > _MAX_RATE_DIGITS:
        raise BadValue(f"{given.written} has more than {_MAX_RATE_DIGITS} characters")
    try:
        found = read_rate(text)
    except NoDecimal:
        raise BadValue(f'{given.written} is no percentage: write for example "19" or "8.875"') from None
    if found.numerator > found.denominator:
        raise BadValue(f"{given.written} is more than 100 per cent")
    return text


def percent(given: Given) -> str:
    """The same, but more than 0."""
    text = rate(given)
    if not decimal(text).numerator:
        raise BadValue(f"{given.written} takes nothing off")
    return text


def country(given: Given) -> str:
    """A code of ISO 3166-1."""
    text = _text(given)
    if text in WRITTEN_OTHERWISE:
        raise BadValue(f"{given.written} is no country code of ISO 3166-1", (WRITTEN_OTHERWISE[text],))
    if text not in COUNTRIES:
        raise Unknown(f"{given.written} is no country code of ISO 3166-1, such as DE", text, COUNTRIES)
    return text


def region(of: str) -> Callable[[Given], str]:
    """A region of a country, as it is compared."""
    return lambda given: region_key(of, line(_MAX_NAME)(given))


def _text(given: Given) -> str:
    if not isinstance(given.value, str):
        raise BadValue(f"must be text in quotes, not {told(given)}")
    return given.value


def _percentage(given: Given) -> str:
    if not isinstance(given.value, str):
        shown = given.written if _is_decimal(given.written) else "19"
        raise BadValue(f'must be text in quotes, such as "{shown}", not {told(given)}')
    return given.value


def _in_quotes(given: Given, currency: str) -> str:
    """What was meant by a number, or an example."""
    try:
        return written(read_amount(given.written, currency), currency)
    except BadAmount:
        return example(currency)


def _is_decimal(text: str) -> bool:
    try:
        decimal(text)
    except NoDecimal:
        return False
    return True
