"""Numbers of payment cards in what somebody wrote: found by their shape, and masked but for the last four digits.

A card number is one by its length, its issuer's first digits, its check digit (ISO/IEC 7812-1) and how it is grouped.
Numbers of orders, parcels, telephones and bank accounts have other shapes, or something beside them that says so.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

_GAP = r"\0*+(?:[ .\-\u00a0\u2007\u2009\u2010-\u2015\u202f]|[ \t]?\r?\n)?+\0*+"
_IN_FOURS = _GAP.join([r"\d{4}"] * 4)
_FORMS = tuple(
    re.compile(form)
    for form in (
        _IN_FOURS,
        _GAP.join([r"\d{4}", r"\d{6}", r"\d{4,5}"]),  # American Express, Diners Club
        _GAP.join([r"\d{4}", r"\d{4}", r"\d{4}", r"\d{2,3}"]),  # the same, grouped as others are
        _IN_FOURS + _GAP + r"\d{1,3}",
    )
)
"""How a number is grouped, shorter ones first: what stands behind one of sixteen digits may be its security code."""

_START = re.compile(r"(?<![\w+/%~])(?<!\d[-.,/])[2-6]\d")
_GOES_ON = re.compile(r"\0*(?:\w|[-.]\d)")
_EXPIRY = r"(?:0[1-9]|1[0-2])(?:2[4-9]|[34]\d)|20[2-4]\d"
_ONE_MORE_FOUR = re.compile(rf"{_GAP}(?!{_EXPIRY})\d{{4}}(?!\d)")
_OF_AN_ACCOUNT = re.compile(r"(?:\b[A-Za-z]{2}\d{2}(?:[ \u00a0-][A-Z]{4})?|\d{4})[ \u00a0-]\Z")
"""What an IBAN or an RF reference has before its groups: the rest of it is no card."""

_NAMED_OTHERWISE = re.compile(
    r"(?:\b(?:order|tracking|shipment|parcel|consignment|invoice|ticket|reference|ref|serial|customer|meter|imei|iban"
    r"|ean|isbn|phone|tel|fax|mobile|transaction|account(?=[ \t]n))|(?:bestell(?:ung)?|auftrags?|sendungs?|paket"
    r"|rechnungs?|kunden|vorgangs?|referenz|serien|z(?:ä|ae)hler|telefon|vertrags?|transaktions?|konto(?=n)))"
    r"[ \t-]*(?:number|numbers|nummern?|no|nr|id|code)?\b[ \t.]*(?:is|was|ist|lautet)?[ \t]*[:#=]*[ \t#]*\Z",
    re.IGNORECASE,
)
_BEFORE = 60  # characters in which the name of a number stands
_TOKEN = 500  # characters of an address that a number may stand in

_ISSUED = re.compile(
    r"4(?:\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:30[0-5]\d|3095|3[689]\d\d)(?:\d{10}|\d{12,15})"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"  # Discover
    r"|62\d{14,17}"  # UnionPay
    r"|220[0-4]\d{12,15}"  # Mir
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12,15}"  # Maestro
)
"""First digits and length. Visa's old thirteen digits are left out: telephone numbers have as many."""

_DOUBLED = str.maketrans("0123456789", "0246813579")  # and the digits of that added up

_INLINE = r"</?(?:a|b|big|em|font|i|mark|s|small|span|strong|tt|u|wbr)\b[^<>]{0,500}>"
_MARKUP = re.compile(rf"({_INLINE})|<[^<>]{{1,2000}}>|&(nbsp|#160|#xa0);", re.IGNORECASE)
_TELEPHONE = re.compile(r"""\btel:([\d .\-]{12,30})["'>]""", re.IGNORECASE)

_CODE_NAMED = re.compile(
    r"\b(?:cvv2?|cvc2?|cvn|csc|cid|security[ -]?(?:code|number)|card[ -]?code|(?:karten)?pr(?:ü|ue)f(?:ziffern?|nummer"
    r"|zahl|code)|sicherheits(?:code|nummer))\b[^\d\n]{0,16}(?:\r?\n)?[ \t]*(\d{3,4})(?!\d)",
    re.IGNORECASE,
)
_CODE_BEHIND = re.compile(
    r"[\s,;|/]{1,4}(?:[a-zäöü.:]{1,14}+[ \t:]{0,3}+){0,3}+"
    r"(?:(?:0?[1-9]|1[0-2])[ ]?[-/.|][ ]?(?:20)?\d{2}|\d{4})[\s,;|/]{1,4}(\d{3,4})(?![\d:/-]|[.,]\d)",
    re.IGNORECASE,
)
"""The security code behind the day on which the card expires: `12/28 123`."""


def masked(text: str, *, is_html: bool = False) -> str:
    """The text with an X for each digit of a card number but the last four, and for its security code.

    As long as it was, and the same text where there is no card number. In HTML, tags within a line part no number.
    """
    plain = _without_markup(text) if is_html else text.replace("\0", " ")
    found = list(_numbers(plain))
    dialled = [one.span(1) for one in _TELEPHONE.finditer(text)] if is_html else []
    spans = [_hidden(plain, span) for span in found]
    spans += [_hidden(text, (start, end)) for start, end in dialled if _is_card(_digits(text[start:end]))]
    if not spans:
        return text
    letters = list(text)
    for place in (*chain.from_iterable(spans), *_codes(plain, found)):
        letters[place] = "X"
    return "".join(letters)


def _hidden(text: str, span: tuple[int, int]) -> list[int]:
    """Where the digits stand that are masked."""
    return [place for place in range(*span) if text[place].isdecimal()][:-4]


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where each card number stands."""
    at = 0
    while start := _START.search(text, at):
        end = _end_of_number(text, start.start())
        if end is None:
            at = start.start() + 1
            continue
        yield start.start(), end
        at = end


def _end_of_number(text: str, start: int) -> int | None:
    for form in _FORMS:
        number = form.match(text, start)
        if number is None or not _is_card(_digits(number[0])) or number[0].count("\n") > 1:
            continue
        if _GOES_ON.match(text, number.end()) or _is_part_of_more(text, number) or _is_named_otherwise(text, number):
            continue
        return number.end()
    return None


def _digits(text: str) -> str:
    return text if text.isdecimal() else "".join(filter(str.isdecimal, text))


def _is_card(digits: str) -> bool:
    return bool(_ISSUED.fullmatch(digits)) and _check_digit_holds(digits)


def _check_digit_holds(digits: str) -> bool:
    """Luhn's formula: ISO/IEC 7812-1, annex B."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def _is_part_of_more(text: str, number: re.Match[str]) -> bool:
    """A longer number in groups, as that of a bank account, or an address of a page or a mailbox."""
    is_grouped = not number[0][:5].isdigit()
    before = text[max(0, number.start() - 12) : number.start()].replace("\0", "")
    if is_grouped and (_OF_AN_ACCOUNT.search(before) or _ONE_MORE_FOUR.match(text, number.end())):
        return True
    head = text[max(0, number.start() - _TOKEN) : number.start() + 1].rsplit(None, 1)[-1].lower()
    tail = text[number.end() - 1 : number.end() + _TOKEN].split(None, 1)[0]
    return "://" in head or head.startswith("www.") or "@" in head or "@" in tail


def _is_named_otherwise(text: str, number: re.Match[str]) -> bool:
    before = text[max(0, number.start() - _BEFORE) : number.start()].replace("\0", "")
    return bool(_NAMED_OTHERWISE.search(re.split(r"[\r\n]", before)[-1]))


def _codes(text: str, found: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Where the digits of security codes stand in a text with these card numbers."""
    for code in _CODE_NAMED.finditer(text):
        yield from range(*code.span(1))
    for _, end in found:
        if behind := _CODE_BEHIND.match(text, end):
            yield from range(*behind.span(1))


def _without_markup(text: str) -> str:
    """As long as the HTML: a NUL for each letter of a tag within a line, a line break where a block begins or ends."""

    def blank(markup: re.Match[str]) -> str:
        length = len(markup[0])
        if markup[1]:
            return "\0" * length
        return ("\u00a0" if markup[2] else "\n\n"[:length]).ljust(length, "\0")

    return _MARKUP.sub(blank, text.replace("\0", " "))
