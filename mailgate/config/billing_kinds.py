"""The kinds of settings that a company is billed by: where it is, how it is paid, how its documents are numbered."""

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


Country = Annotated[str, text(_country)]
Iban = Annotated[str, text(_iban)]
Bic = Annotated[str, text(_bic)]
MailAddress = Annotated[str, text(_mail_address)]
VatId = Annotated[str, text(tidy_vat_id)]  # whether it is one hangs on the country: `checks.vat_id_of_seller`
Pattern = Annotated[str, text(_pattern)]
Amounts = Annotated[tuple[str, ...], Kind(Shape.LIST, _amounts)]
BillDay = Annotated[int, whole(0, 31)]  # 0: none
Percent = Annotated[int, whole(1, 100)]
Years = Annotated[int, whole(1, 100)]
