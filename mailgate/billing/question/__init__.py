"""`mailgate money check`: a question about money or days, and the answer of the rule that bills by it.

Each operation reads its keys in the order in which they are asked for, so that an `error` names the first that is
missing or unusable. No operation reckons anything itself.
"""

from collections.abc import Callable, Mapping

from mailgate.billing.question import amounts, days, payments
from mailgate.billing.question.keys import Answer, Json, Unusable

_OPERATIONS: Mapping[str, Callable[[Json], Answer]] = {
    "slice": amounts.slice_of,
    "change": amounts.change,
    "first": days.first,
    "cycles": days.cycles,
    "bill_dates": days.bill_dates,
    "nth": days.nth,
    "sequence": days.sequence,
    "period": days.period_on,
    "whole_periods": days.whole_periods,
    "local_date": days.local_date,
    "local_start": days.local_start,
    "local_time": days.local_time,
    "tax": amounts.tax,
    "invoice": amounts.invoice,
    "line": amounts.line,
    "round": amounts.nearest,
    "minor": amounts.nearest,
    "split": amounts.shares,
    "exponent": amounts.exponent,
    "reference_make": payments.reference_make,
    "reference_check": payments.reference_check,
    "epc": payments.epc,
    "statement": payments.statement,
}


def answer(question: object) -> Answer:
    """Answer one question. Never raises: what cannot be answered names the first key that is missing or unusable."""
    if not isinstance(question, Mapping):
        return {"id": None, "error": "json"}
    named, operation = question.get("id"), question.get("op")
    # A text or a whole number is given back; not what a line of JSON could not hold again, such as NaN.
    found: Answer = {"id": named if isinstance(named, str | int) else None}
    answered_by = _OPERATIONS.get(operation) if isinstance(operation, str) else None
    if answered_by is None:
        return found | {"error": "op"}
    try:
        return found | answered_by(question)
    except Unusable as error:
        return found | {"error": str(error)}
