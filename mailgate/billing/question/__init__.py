"""`mailgate money check`: a question about money or days, and the answer of the rule that bills by it.

Each operation reads its keys in the order in which they are asked for, so that an `error` names the first that is
missing or unusable. No operation reckons anything itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from mailgate.billing import period, proration, reference, tax
from mailgate.billing.camt import BadStatement, read_statement
from mailgate.billing.currencies import EXPONENTS
from mailgate.billing.money import NoDecimal, decimal, nearest_minor, split, times
from mailgate.billing.period import BeyondTheCalendar, Part, Span
from mailgate.billing.totals import totals

Json = Mapping[str, object]
Answer = dict[str, object]
T = TypeVar("T")

_MOST_DATES = 10_000  # of one answer
_MOST_MONTHS = 12 * 9999
_MOST = 10**30  # no number of a question is larger; what is reckoned from such can still be printed


class _Unusable(Exception):
    """A key whose value is missing or cannot be used; its name is the argument."""


def answer(question: object) -> Answer:
    """Answer one question. Never raises: what cannot be answered names the first key that is missing or unusable."""
    if not isinstance(question, Mapping):
        return {"id": None, "error": "json"}
    found: Answer = {"id": question.get("id")}
    operation = question.get("op")
    answered_by = _OPERATIONS.get(operation) if isinstance(operation, str) else None
    if answered_by is None:
        return found | {"error": "op"}
    try:
        return found | answered_by(question)
    except _Unusable as error:
        return found | {"error": str(error)}


def _slice(asked: Json) -> Answer:
    price = _whole(asked, "price_minor")
    _currency(asked)
    if "days" in asked or "cycle_days" in asked:
        part = _part(asked)
    else:
        cycle = _span(asked, "cycle_start", "cycle_end", least_days=1)
        start = _of(asked, "from", _day, lambda day: cycle.start <= day <= cycle.end)
        end = _of(asked, "to", _day, lambda day: start <= day <= cycle.end)
        part = Part((end - start).days, cycle.days)
    is_credit = _of(asked, "credit", _yes_or_no) if "credit" in asked else False
    amount = proration.unused(price, part) if is_credit else proration.slice_of(price, part)
    return {"days": part.days, "cycle_days": part.cycle_days, "amount_minor": amount}


def _change(asked: Json) -> Answer:
    old, new = _whole(asked, "old_price_minor"), _whole(asked, "new_price_minor")
    _currency(asked)
    if "days" in asked or "cycle_days" in asked:
        left = _part(asked)
    else:
        cycle = _span(asked, "cycle_start", "cycle_end", least_days=1)
        on = _of(asked, "on", _day, lambda day: cycle.start <= day <= cycle.end)
        left = Part((cycle.end - on).days, cycle.days)
    legs = proration.legs(old, new, left)
    return {"credit_minor": legs.credit_minor, "charge_minor": legs.charge_minor, "net_minor": legs.net_minor}


def _first(asked: Json) -> Answer:
    start, bill_day, months = _of(asked, "start", _day), _bill_day(asked), _months(asked)
    bill_on, stub = _or("start", lambda: period.first_stub(start, bill_day, months))
    found: Answer = {"first_bill_on": bill_on.isoformat(), **_told(stub)}
    if "price_minor" in asked:
        price = _whole(asked, "price_minor")
        _currency(asked)
        found["amount_minor"] = proration.slice_of(price, stub)
    return found


def _cycles(asked: Json) -> Answer:
    span = _span(asked, "start", "end", least_days=0)
    bill_day, months = _bill_day(asked), _months(asked)
    cut = _or("start", lambda: period.cycles(span, bill_day, months))
    return {
        "leading": _told(cut.leading) if cut.leading else None,
        "trailing": _told(cut.trailing) if cut.trailing else None,
        "whole": cut.whole,
    }


def _bill_dates(asked: Json) -> Answer:
    start, bill_day, months = _of(asked, "start", _day), _bill_day(asked), _months(asked)
    count = _count(asked)
    days = _or("count", lambda: tuple(islice(period.bill_dates(start, bill_day, months), count)))
    return {"dates": [day.isoformat() for day in days]}


def _nth(asked: Json) -> Answer:
    anchor, months = _of(asked, "anchor", _day), _months(asked)
    n = _of(asked, "n", _integer, lambda n: abs(n) <= _MOST_MONTHS)
    return {"date": _or("n", lambda: period.nth(anchor, months, n)).isoformat()}


def _sequence(asked: Json) -> Answer:
    anchor, months, count = _of(asked, "anchor", _day), _months(asked), _count(asked)
    days = _or("count", lambda: period.sequence(anchor, months, count))
    return {"dates": [day.isoformat() for day in days]}


def _period(asked: Json) -> Answer:
    anchor, months, on = _of(asked, "anchor", _day), _months(asked), _of(asked, "on", _day)
    found = _or("on", lambda: period.period_on(anchor, months, on))
    return {"start": found.start.isoformat(), "end": found.last.isoformat()}


def _whole_periods(asked: Json) -> Answer:
    span = _span(asked, "start", "end", least_days=0)
    months = _months(asked)
    return {"count": _or("end", lambda: period.whole_periods(span, months))}


def _local_date(asked: Json) -> Answer:
    at, zone = _of(asked, "at", _instant), _of(asked, "zone", _zone)
    plus = _of(asked, "plus_days", _integer) if "plus_days" in asked else 0
    try:
        day = period.local_date(at, zone)
    except OverflowError:
        raise _Unusable("at") from None
    try:
        return {"date": date.fromordinal(day.toordinal() + plus).isoformat()}
    except (ValueError, OverflowError):
        raise _Unusable("plus_days") from None


def _local_start(asked: Json) -> Answer:
    day, zone = _of(asked, "date", _day), _of(asked, "zone", _zone)
    return {"at": _rfc3339(_or("date", lambda: period.local_start(day, zone)))}


def _local_time(asked: Json) -> Answer:
    day, at, zone = _of(asked, "date", _day), _of(asked, "time", _time), _of(asked, "zone", _zone)
    return {"at": _rfc3339(_or("date", lambda: period.local_time(day, at, zone)))}


def _tax(asked: Json) -> Answer:
    _currency(asked)
    inclusive = _of(asked, "inclusive", _yes_or_no)
    amount = "gross_minor" if inclusive else "net_minor"
    found = tax.groups(_taxed(asked, "lines", amount), inclusive=inclusive)
    net, of_them = sum(group.net_minor for group in found), sum(group.tax_minor for group in found)
    return {
        "groups": [
            {"rate": group.rate.text, "net_minor": group.net_minor, "tax_minor": group.tax_minor} for group in found
        ],
        "net_minor": net,
        "tax_minor": of_them,
        "gross_minor": net + of_them,
    }


def _invoice(asked: Json) -> Answer:
    _currency(asked)
    lines = _taxed(asked, "lines", "net_minor")
    found = totals(
        lines,
        allowances=_taxed(asked, "allowances", "amount_minor") if "allowances" in asked else (),
        charges=_taxed(asked, "charges", "amount_minor") if "charges" in asked else (),
        prepaid_minor=_whole(asked, "prepaid_minor") if "prepaid_minor" in asked else 0,
        rounding_minor=_whole(asked, "rounding_minor") if "rounding_minor" in asked else 0,
    )
    return {
        "line_total_minor": found.line_total_minor,
        "tax_exclusive_minor": found.tax_exclusive_minor,
        "tax_minor": found.tax_minor,
        "tax_inclusive_minor": found.tax_inclusive_minor,
        "payable_minor": found.payable_minor,
        "groups": [
            {
                "category": group.category,
                "rate": group.rate.text,
                "taxable_minor": group.net_minor,
                "tax_minor": group.tax_minor,
            }
            for group in found.groups
        ],
    }


def _line(asked: Json) -> Answer:
    price, quantity = _of(asked, "unit_price", _decimal), _of(asked, "quantity", _decimal)
    return {"net_minor": times(price, quantity, _currency(asked))}


def _round(asked: Json) -> Answer:
    amount = _of(asked, "amount", _decimal)
    return {"amount_minor": nearest_minor(amount, _currency(asked))}


def _split(asked: Json) -> Answer:
    total, weights = _whole(asked, "total_minor"), _of(asked, "weights", _weights)
    return {"parts": list(split(total, weights))}


def _exponent(asked: Json) -> Answer:
    return {"exponent": EXPONENTS[_currency(asked)]}


def _reference_make(asked: Json) -> Answer:
    try:
        return {"reference": reference.make_reference(_of(asked, "base", _text))}
    except reference.Unusable as error:
        raise _Unusable(error.field) from None


def _reference_check(asked: Json) -> Answer:
    return {"valid": reference.is_reference(_of(asked, "reference", _text))}


def _epc(asked: Json) -> Answer:
    words = {key: _of(asked, key, _text) for key in ("name", "iban", "amount")}
    if asked.get("reference") and asked.get("text"):
        raise _Unusable("reference")
    more = {
        key: _of(asked, key, _text) for key in ("reference", "text", "bic", "purpose") if asked.get(key) is not None
    }
    charset = _of(asked, "charset", _integer) if "charset" in asked else 1
    try:
        lines = reference.payload(reference.Transfer(**words, **more, charset=charset))
        return {"lines": list(lines), "bytes": reference.size(lines, charset)}
    except reference.Unusable as error:
        raise _Unusable(error.field) from None


def _statement(asked: Json) -> Answer:
    try:
        found = read_statement(_of(asked, "camt", _text))
    except BadStatement:
        raise _Unusable("camt") from None
    return {
        "sum_minor": found.sum_minor,
        "computed_closing_minor": found.computed_closing_minor,
        "balanced": found.is_balanced,
        "incoming": [entry.amount_minor for entry in found.incoming],
        "references": [one for entry in found.incoming for one in entry.references],
    }


_OPERATIONS: Mapping[str, Callable[[Json], Answer]] = {
    "slice": _slice,
    "change": _change,
    "first": _first,
    "cycles": _cycles,
    "bill_dates": _bill_dates,
    "nth": _nth,
    "sequence": _sequence,
    "period": _period,
    "whole_periods": _whole_periods,
    "local_date": _local_date,
    "local_start": _local_start,
    "local_time": _local_time,
    "tax": _tax,
    "invoice": _invoice,
    "line": _line,
    "round": _round,
    "minor": _round,
    "split": _split,
    "exponent": _exponent,
    "reference_make": _reference_make,
    "reference_check": _reference_check,
    "epc": _epc,
    "statement": _statement,
}


# How a value is read: each raises ValueError, or one of its kind, for one that cannot be used.


def _of(asked: Json, key: str, read: Callable[[object], T], holds: Callable[[T], bool] = lambda _value: True) -> T:
    """The value of a key, read; raises _Unusable with its name."""
    try:
        value = read(asked[key])
    except (KeyError, ValueError, NoDecimal):
        raise _Unusable(key) from None
    if not holds(value):
        raise _Unusable(key)
    return value


def _or(key: str, reckon: Callable[[], T]) -> T:
    """What a rule makes of values that are each right; the key that leads beyond the calendar is named."""
    try:
        return reckon()
    except BeyondTheCalendar:
        raise _Unusable(key) from None


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _MOST:
        raise ValueError(value)
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _day(value: object) -> date:
    return _day_called(_text(value))


@lru_cache(4096)
def _day_called(text: str) -> date:
    return period.read_day(text)


def _time(value: object) -> time:
    return period.read_time(_text(value))


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError(value)
    return at.astimezone(UTC)


def _zone(value: object) -> ZoneInfo:
    return _zone_called(_text(value))


@lru_cache(1024)
def _zone_called(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, LookupError):  # "Europe" is a directory; a name that nobody gave
        raise ValueError(name) from None


def _decimal(value: object) -> str:
    text = _text(value)
    decimal(text)
    return text


def _weights(value: object) -> tuple[int, ...]:
    weights = tuple(_integer(one) for one in _list(value))
    if any(weight < 0 for weight in weights) or sum(weights) == 0:
        raise ValueError(value)
    return weights


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise ValueError(value)
    return value


def _whole(asked: Json, key: str) -> int:
    return _of(asked, key, _integer)


def _currency(asked: Json) -> str:
    return _of(asked, "currency", _text, lambda code: code in EXPONENTS)


def _bill_day(asked: Json) -> int:
    return _of(asked, "bill_day", _integer, lambda day: 1 <= day <= 31)


def _months(asked: Json) -> int:
    return _of(asked, "months", _integer, lambda months: 1 <= months <= _MOST_MONTHS)


def _count(asked: Json) -> int:
    return _of(asked, "count", _integer, lambda count: 0 <= count <= _MOST_DATES)


def _part(asked: Json) -> Part:
    days = _of(asked, "days", _integer, lambda days: days >= 0)
    return Part(days, _of(asked, "cycle_days", _integer, lambda days: days > 0))


def _span(asked: Json, first: str, last: str, *, least_days: int) -> Span:
    start = _of(asked, first, _day)
    return Span(start, _of(asked, last, _day, lambda end: (end - start).days >= least_days))


def _taxed(asked: Json, key: str, amount: str) -> tuple[tax.Taxed, ...]:
    def read(value: object) -> tuple[tax.Taxed, ...]:
        return tuple(_one_taxed(one, amount) for one in _list(value))

    return _of(asked, key, read)


def _one_taxed(line: object, amount: str) -> tax.Taxed:
    if not isinstance(line, Mapping):
        raise ValueError(line)
    category = line.get("category")
    return tax.Taxed(
        _integer(line.get(amount)), _rate(_text(line.get("rate"))), None if category is None else _text(category)
    )


@lru_cache(1024)
def _rate(text: str) -> tax.Rate:
    return tax.read_rate(text)


def _told(part: Part) -> Answer:
    return {"days": part.days, "cycle_days": part.cycle_days}


def _rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
