"""Questions about payments: references, the QR code of a transfer, bank statements."""

from mailgate.billing.document import reference
from mailgate.billing.payment.camt import BadStatement, read_statement
from mailgate.billing.question.keys import Answer, Json, Unusable, needed, text


def reference_make(asked: Json) -> Answer:
    """The creditor reference of a base."""
    try:
        return {"reference": reference.make_reference(needed(asked, "base", text))}
    except reference.Unusable as error:
        raise Unusable(error.field) from None


def reference_check(asked: Json) -> Answer:
    """Is it a creditor reference?"""
    return {"valid": reference.is_reference(needed(asked, "reference", text))}


def epc(asked: Json) -> Answer:
    """The lines of the QR code of a transfer."""
    charset = asked.get("charset", 1)
    wanted = reference.Transfer(
        name=_words(asked, "name"),
        iban=_words(asked, "iban"),
        amount=_words(asked, "amount"),
        reference=_words(asked, "reference"),
        text=_words(asked, "text"),
        bic=_words(asked, "bic"),
        purpose=_words(asked, "purpose"),
        charset=1 if charset is None else charset if type(charset) is int else 0,
    )
    try:
        lines = reference.payload(wanted)
        return {"lines": list(lines), "bytes": reference.size(lines, wanted.charset)}
    except reference.Unusable as error:
        raise Unusable(error.field) from None


def _words(asked: Json, key: str) -> str:
    """What stands in a field; a line break for what is no text: no field takes one, so it is named in its turn."""
    value = asked.get(key)
    return "" if value is None else value if isinstance(value, str) else "\n"


def statement(asked: Json) -> Answer:
    """What a bank statement comes to."""
    try:
        found = read_statement(needed(asked, "camt", text))
    except BadStatement:
        raise Unusable("camt") from None
    return {
        "sum_minor": found.sum_minor,
        "computed_closing_minor": found.computed_closing_minor,
        "balanced": found.is_balanced,
        "incoming": [entry.amount_minor for entry in found.incoming],
        "references": [one for entry in found.incoming for one in entry.references],
    }
