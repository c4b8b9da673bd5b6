"""Fixtures of this folder: a small company that sells, on each kind of store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import connect
from tests.empty_store import STORES, put_empty_store, store_of_kind
from tests.flows.billing.trade import Trade


@pytest.fixture(params=STORES)
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trade]:
    """A company without a customer; whatever its story did, its books are whole in the end."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        if url is None:
            put_empty_store(tmp_path / "mailgate.db")
        engine = connect(url or f"sqlite:///{tmp_path / 'mailgate.db'}")
        trade = Trade.begin(engine)
        yield trade
        trade.assert_whole()
        engine.dispose()


@pytest.fixture
def anne(trade: Trade) -> int:
    """A customer at home."""
    return trade.customer("Anne")


@pytest.fixture
def bill(trade: Trade, anne: int) -> tuple[str, str]:
    """The number and the reference of an invoice of 11.90."""
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    return invoice.number, trade.invoice(invoice.number).reference
