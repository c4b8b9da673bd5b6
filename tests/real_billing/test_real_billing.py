"""The same, shortened: two months of twenty customers, with ten days in which nothing runs."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Date, literal, select, update

from mailgate.billing.document.einvoice import Lacking
from store.engine import transaction
from store.schema import billed_periods, invoice_lines, invoices
from tests.program import configured
from tests.real_billing.checks import faults
from tests.real_billing.einvoices import einvoices
from tests.real_billing.year import Life


@pytest.mark.server
def test_two_months_of_twenty_customers_are_billed_right(tmp_path: Path) -> None:
    life = Life(configured(tmp_path), seed=13)

    last = life.live(20, 60, outage=(25, 34), told=lambda _: None)

    assert list(faults(life, last_day=last, programs=True)) == []
    assert life.invoices > 10
    assert {"service change", "service cancel", "payment record", "service suspend"} <= life.done.keys()
    lacking: Counter[Lacking] = Counter()
    assert list(einvoices(life, rules=False, lacking=lacking)) == []
    assert lacking.total() < life.invoices, lacking  # most can be made


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    life = Life(configured(tmp_path), seed=7)
    last = life.live(6, 30, outage=(12, 14), told=lambda _: None)
    assert list(faults(life, last_day=last, programs=False)) == []

    with transaction(life.parts.engine) as conn:
        first = conn.execute(select(invoices.c.id, invoices.c.serial).order_by(invoices.c.id)).first()
        assert first is not None
        line = invoice_lines.c.invoice_id == first.id, invoice_lines.c.position == 1
        conn.execute(update(invoice_lines).where(*line).values(amount_minor=invoice_lines.c.amount_minor + 1))
        conn.execute(update(invoices).where(invoices.c.id == first.id).values(serial=first.serial + 1000))
        period = select(billed_periods.c.id).where(billed_periods.c.invoice_id == first.id).limit(1).scalar_subquery()
        conn.execute(
            update(billed_periods)
            .where(billed_periods.c.id == period)
            .values(period_start=literal(date(2024, 12, 1), Date))
        )

    told = "\n".join(faults(life, last_day=last, programs=False))
    assert "are not numbered 1 to" in told
    assert "nothing explains" in told
    assert "billed twice" in told
    assert "and should to" in told
