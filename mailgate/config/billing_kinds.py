"""The kinds of settings that a company is billed by: where it is, how it is paid, how its documents are numbered."""

import re
from itertools import pairwise
from typing import Annotated

from mailgate.billing.document.numbering import BadPattern, read_pattern
from mailgate.billing.document.reference import is_bic, is_iban
from mailgate.billing.money.amount import BadAmount, read_amount
from mailgate.billing.money.currencies import CURRENCIES
from mailgate.billing.tax.countries import COUNTRIES, WRITTEN_OTHERWISE
from mailgate.billing.tax.vat_id import tidy_vat_id
from mailgate.config.kinds import text, whole
from mailgate.config.values import Kind, Shape
from mailgate.errors import BadAddress
from mailgate.mail.address import parse_mailbox
from mailgate.toml_text.problems import BadValue, nearest

_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?\Z")


def _country(raw: str) -> str:
    if raw and raw not in COUNTRIES:
        near = WRITTEN_OTHERWISE.get(raw.upper(), raw.upper())
        raise BadValue(f'"{raw}" is not a country code of ISO 3166-1, such as DE', (near,) if near in COUNTRIES else ())
    return raw


def _iban(raw: str) -> str:
    """Without blanks. Its length and the check digits within it are those of its country."""
    if not raw:
        return ""
    if not is_iban(raw):
        raise BadValue(f'"{raw}" is not an IBAN: its length or check digits are wrong')
    return raw.replace(" ", "").upper()


def _bic(raw: str) -> str:
    if raw and not is_bic(raw):
        raise BadValue(f'"{raw}" is not a BIC of 8 or 11 characters')
    return raw.replace(" ", "").upper()


def _mail_address(raw: str) -> str:
    try:
        return parse_mailbox(raw).address if raw else ""
    except BadAddress:
        raise BadValue(f'"{raw}" is not a mail address') from None


def _pattern(raw: str) -> str:
    try:
        read_pattern(raw)
    except BadPattern as bad:
        raise BadValue(f'"{raw}" {bad.reason}') from None
    return raw


def _amounts(raw: list[str]) -> tuple[str, ...]:
    """Each a currency and an amount in it, "USD 10.00", a currency once."""
    seen: set[str] = set()
    for item in raw:
        currency, _, amount = item.partition(" ")
        if currency not in CURRENCIES:
            near = nearest(currency, CURRENCIES)
            raise BadValue(f'"{item}" does not begin with a currency code of ISO 4217: write "USD 10.00"', near)
        try:
            read_amount(amount, currency)
        except BadAmount as bad:
            raise BadValue(f'"{item}": {bad}') from None
        if currency in seen:
            raise BadValue(f"names {currency} twice")
        seen.add(currency)
    return tuple(raw)


def _reminders(raw: list[int]) -> tuple[int, ...]:
    """Days from the due date, each once and in their order."""
    for day in raw:
        if not -60 <= day <= 365:
            raise BadValue(f"{day} is no day from 60 before the due date, -60, to 365 after it")
    for before, day in pairwise(raw):
        if day <= before:
            raise BadValue(f"{day} stands behind {before}: write the days in their order, each once")
    return tuple(raw)


def _retry_days(raw: list[int]) -> tuple[int, ...]:
    """Days after the first attempt, each once and in their order. Networks of cards charge for more than a few."""
    if len(raw) > 4:
        raise BadValue(f"names {len(raw)} days: a card that is declined is tried again 4 times at most")
    for day in raw:
        if not 1 <= day <= 60:
            raise BadValue(f"{day} is no day from 1 to 60 after the first attempt")
    for before, day in pairwise(raw):
        if day <= before:
            raise BadValue(f"{day} stands behind {before}: write the days in their order, each once")
    return tuple(raw)


def _suspend_days(raw: int) -> int:
    """None, or so late that its warning can be given after the due date and read in time."""
    if raw and not 4 <= raw <= 365:
        raise BadValue(
            f"must be 0, for never, or from 4 to 365, not {raw}: the warning comes after the due date, 3 days before"
        )
    return raw


def _amount(raw: str) -> str:
    """Whether the currency has so many decimals is for `checks.amounts_at_home` to see."""
    if raw and (not _AMOUNT.match(raw) or not raw.strip("0.")):
        raise BadValue(f'"{raw}" is no amount, such as "5.00"; empty: there is none')
    return raw


def _perhaps_nothing(raw: str) -> str:
    """The same, where nothing is an amount as well."""
    if not _AMOUNT.match(raw):
        raise BadValue(f'"{raw}" is no amount, such as "0.05"; "0.00": none')
    return raw


Country = Annotated[str, text(_country)]
Iban = Annotated[str, text(_iban)]
Bic = Annotated[str, text(_bic)]
MailAddress = Annotated[str, text(_mail_address)]
VatId = Annotated[str, text(tidy_vat_id)]  # whether it is one hangs on the country: `checks.vat_id_of_seller`
Pattern = Annotated[str, text(_pattern)]
Amounts = Annotated[tuple[str, ...], Kind(Shape.LIST, _amounts)]
Reminders = Annotated[tuple[int, ...], Kind(Shape.WHOLES, _reminders)]
RetryDays = Annotated[tuple[int, ...], Kind(Shape.WHOLES, _retry_days)]
SuspendDays = Annotated[int, Kind(Shape.WHOLE, _suspend_days)]
TerminateDays = Annotated[int, whole(0, 3650)]  # 0: never
HoldMinutes = Annotated[int, whole(0, 24 * 60)]
Hour = Annotated[int, whole(0, 23)]
PreviewHour = Annotated[int, whole(-1, 23)]  # -1: never
Amount = Annotated[str, text(_amount)]  # in gate.currency; "": none
PerhapsNothing = Annotated[str, text(_perhaps_nothing)]  # in gate.currency
BillDay = Annotated[int, whole(0, 31)]  # 0: none
Percent = Annotated[int, whole(1, 100)]
Years = Annotated[int, whole(1, 100)]
