"""An amount as a person writes it in a mail: with the currency or its sign, a point or a comma. Nothing is guessed."""

import re

from mailgate.billing.money.amount import BadAmount

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_NAMED = re.compile(r"[A-Za-z]{3}|[€$£¥]")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
_WITH_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}\Z")


def typed_amount(words: str, currency: str) -> str:
    """The same as `read_amount` takes it. Raises BadAmount.

    "50", "50.00", "50,00", "EUR 50" and "50 €" are plain. "1.000" and "1,000" are not: to some it is one, to others a
    thousand. Neither is another currency than the account's.
    """
    said = words.strip().rstrip(".,;!").strip()
    for one in _NAMED.findall(said):
        if _SIGNS.get(one, one.upper()) != currency:
            raise BadAmount(words, currency, "is in another currency")
    number = _NAMED.sub("", said).strip()
    is_doubtful = re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", number) is not None
    if _PLAIN.match(number) and not is_doubtful:
        return number
    if _WITH_COMMA.match(number):
        return number.replace(",", ".")
    raise BadAmount(words, currency, "is no amount")
