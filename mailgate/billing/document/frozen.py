"""The frozen document: what an invoice or credit note said when it was issued, as canonical JSON with its digest.

Mail, page, PDF and XML show what stands here; nothing of it is reckoned or looked up again.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import lru_cache
from hashlib import sha256

from mailgate.billing.document.home_tax import HomeTax
from mailgate.billing.document.invoice import DocumentKind, Reckoned
from mailgate.billing.document.reference import MAX_BASE, make_reference
from mailgate.billing.party import Buyer, Seller

LAYOUT = 2
"""Version of what the JSON holds."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Heading:
    """All that a document says beside its lines."""

    kind: DocumentKind
    number: str
    currency: str
    issued_on: date
    due_on: date
    language: str
    originals: tuple[str, ...] = ()  # the numbers of the invoices of which it gives something back


@dataclass(frozen=True, slots=True)
class Frozen:
    """A document as it is kept."""

    model: str
    sha256: str
    reference: str  # RF creditor reference (ISO 11649)


def freeze(
    heading: Heading, seller: Seller, buyer: Buyer, reckoned: Reckoned, *, home: HomeTax | None = None
) -> Frozen:
    """The document as canonical JSON: keys in order, no blanks, amounts in minor units, last days of periods.

    `home`: its tax in the company's own currency, where it is in another and a rate is on record.
    """
    reference = reference_of(heading.number)
    model = _ENCODE(
        {
            "layout": LAYOUT,
            "kind": heading.kind.value,
            "number": heading.number,
            "reference": reference,
            "currency": heading.currency,
            "issued_on": heading.issued_on.isoformat(),
            "due_on": heading.due_on.isoformat(),
            "language": heading.language,
            "original": heading.originals[0] if len(heading.originals) == 1 else "",
            "originals": heading.originals,
            "seller": _seller(seller),
            "buyer": _filled(buyer, _BUYER),
            "lines": [
                {
                    "kind": line.charge.kind.value,
                    "text": line.charge.text,
                    "service": line.charge.service_id,
                    "period_start": line.charge.period.start.isoformat() if line.charge.period else None,
                    "period_end": line.charge.period.last.isoformat() if line.charge.period else None,
                    "net_minor": line.net_minor,
                    "tax_minor": line.tax_minor,
                    "gross_minor": line.gross_minor,
                    "tax_rate": line.charge.rate.text,
                    "tax_category": line.charge.category,
                }
                for line in reckoned.lines
            ],
            "taxes": [
                {
                    "category": tax.category,
                    "rate": tax.rate.text,
                    "name": tax.name,
                    "reason": tax.reason,
                    "net_minor": tax.net_minor,
                    "tax_minor": tax.tax_minor,
                }
                for tax in reckoned.taxes
            ],
            "net_minor": reckoned.net_minor,
            "tax_minor": reckoned.tax_minor,
            "total_minor": reckoned.total_minor,
            "home": asdict(home) if home else None,
        }
    )
    return Frozen(model, sha256(model.encode("utf-8", "surrogatepass")).hexdigest(), reference)


def reference_of(number: str) -> str:
    """The reference that a payer gives for a document: its number without separators, with check digits.

    A number that is too long keeps its end, which is what tells it from others.
    """
    return make_reference("".join(sign for sign in number if sign.isascii() and sign.isalnum())[-MAX_BASE:])


_BUYER = tuple(one.name for one in fields(Buyer))


@lru_cache(maxsize=8)  # one company bills
def _seller(seller: Seller) -> dict[str, object]:
    return _filled(seller, tuple(one.name for one in fields(seller)))


def _filled(party: Seller | Buyer, names: tuple[str, ...]) -> dict[str, object]:
    return {name: value for name in names if (value := getattr(party, name)) != ""}
