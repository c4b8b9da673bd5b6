"""The e-invoices of a year: what can be made passes the official rules, and fractions come to the same."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from mailgate.billing.document.einvoice import Lacking
from mailgate.outbound.document.xml import Syntax, make_xml
from store.engine import reading
from store.schema import invoice_lines, invoices
from tests.outbound.document.recomputed import Sold, wrong
from tests.outbound.document.rules import broken
from tests.real_billing.shop import DIGITS
from tests.real_billing.year import Life

AT_ONCE = 500
"""Documents that one process of Saxon is given."""


def einvoices(life: Life, *, rules: bool, lacking: Counter[Lacking] | None = None) -> Iterator[str]:
    """What is wrong with them. `rules`: the official ones are run, too; `lacking` counts those that cannot be made."""
    counted = lacking if lacking is not None else Counter()
    with reading(life.parts.engine) as conn:
        documents = list(conn.execute(select(invoices).order_by(invoices.c.id)).all())
        lines: dict[int, list[Any]] = defaultdict(list)
        for row in conn.execute(select(invoice_lines).order_by(*invoice_lines.primary_key.columns)):
            lines[row.invoice_id].append(row)
    made: list[tuple[str, Syntax, bytes]] = []
    for document in documents:
        sold = [
            Sold(line.amount_minor, line.tax_rate, line.tax_category, line.inclusive, line.original_id)
            for line in lines[document.id]
        ]
        for syntax in Syntax:
            content = make_xml(json.loads(document.model), syntax)
            if isinstance(content, Lacking):
                counted[content] += 1
                continue
            made.append((document.number, syntax, content))
            for fault in wrong(content, sold, digits=DIGITS[document.currency]):
                yield f"{document.number} as {syntax}: {fault}"
    for begin in range(0, len(made) if rules else 0, AT_ONCE):
        some = made[begin : begin + AT_ONCE]
        found = broken([(syntax, content) for _, syntax, content in some])
        for (number, syntax, _), faults in zip(some, found, strict=True):
            if faults:
                yield f"{number} as {syntax}: {faults}"
