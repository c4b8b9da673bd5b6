"""The demo's year, in which money comes by itself and goes back right; after it the books are added up once more.

`python -m pytest -s tests/real_billing/test_year_of_money.py` prints each step. What each of them asserts stands with
it, in mailgate/demo/year; here the command line exports the ledger that the year has left, and tests' own sums are
held against it.
"""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from mailgate.billing.ledger.accounts import FEES
from mailgate.billing.refund import RefundState, Way
from mailgate.config import load
from mailgate.demo.script import play_year
from store.billing import payments, refunds
from store.engine import connect, reading
from store.schema import balances
from tests.demo.chapters import missing
from tests.program import Program
from tests.real_billing.checks import other_programs

pytestmark = pytest.mark.server


def test_a_year_of_money_is_told_and_three_books_agree_on_it(tmp_path: Path) -> None:
    said: list[str] = []

    def say(step: str) -> None:
        said.append(step)
        print(step, flush=True)

    asyncio.run(play_year(tmp_path, say))

    assert missing(said) == []
    settings = load(tmp_path / "config.toml", {})
    engine = connect(settings.store.url)
    try:
        assert list(other_programs(Program(tmp_path, 0, 0), engine)) == []
        with reading(engine) as conn:
            ours = {row.account: row.amount_minor for row in conn.execute(select(balances)) if not row.customer_id}
            back = refunds.listing(conn)
            came = sum(one.amount_minor for one in payments.listing(conn) if one.provider)
    finally:
        engine.dispose()
    sent = sum(one.amount_minor for one in back if one.state is RefundState.SUCCEEDED)
    assert {(one.way, one.state) for one in back} == {
        (Way.PROVIDER, RefundState.SUCCEEDED),
        (Way.BY_HAND, RefundState.RECORDED),
    }
    assert came > sent > 0 < ours[FEES]
    assert (ours["assets:stripe"], ours["liabilities:refunds"]) == (0, 0)
