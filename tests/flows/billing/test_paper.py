"""The PDF of a document is made when it is first wanted, and is the same ever after."""

import logging
from pathlib import Path
from threading import Barrier, Thread

import pytest

from mailgate.flows.billing.paper import WordsErased, pdf_of
from mailgate.outbound.document.pdf import Pdf
from store.archive import Archive, Directory
from store.billing.invoices import Issued
from store.billing.kept import erase_words
from store.engine import transaction
from tests.flows.billing.trade import Trade, d, noon

AT = noon(d("2026-04-02"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(Directory(tmp_path / "archive"))


@pytest.fixture
def invoice(trade: Trade, anne: int) -> Issued:
    _, (document,) = trade.add(anne, "small", on="2026-04-01")
    return trade.invoice(document.number)


class _Press:
    """Makes another PDF each time, as a newer version of the program would."""

    def __init__(self, missing: str = "", size: int = 100) -> None:
        self.made = 0
        self._missing, self._size = frozenset(missing), size

    def __call__(self, model: str) -> Pdf:
        self.made += 1
        return Pdf(f"{self.made}: {model}".encode().ljust(self._size), self._missing)


@pytest.mark.parametrize("size", [100, 2 << 20], ids=["small", "large"])
def test_it_is_made_once_and_given_out_as_it_was(trade: Trade, archive: Archive, invoice: Issued, size: int) -> None:
    press = _Press(size=size)

    first = pdf_of(trade.engine, archive, press, invoice, now=AT)
    trade.pay(invoice.number, "11.90", on="2026-04-03")
    again = pdf_of(trade.engine, archive, press, trade.invoice(invoice.number), now=AT)

    assert first.rstrip() == f"1: {invoice.model}".encode()
    assert (again, press.made) == (first, 1)


def test_two_who_want_it_first_get_the_same(trade: Trade, archive: Archive, invoice: Issued) -> None:
    press, both_have_one, got = _Press(), Barrier(2), list[bytes]()

    def make(model: str) -> Pdf:
        done = press(model)
        both_have_one.wait(30)
        return done

    wanting = [
        Thread(target=lambda: got.append(pdf_of(trade.engine, archive, make, invoice, now=AT))) for _ in range(2)
    ]
    for one in wanting:
        one.start()
    for one in wanting:
        one.join(60)

    assert press.made == 2
    assert len(got) == 2
    assert got[0] == got[1] == pdf_of(trade.engine, archive, press, invoice, now=AT)


def test_a_character_without_a_glyph_is_in_the_log(
    trade: Trade, archive: Archive, invoice: Issued, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        pdf_of(trade.engine, archive, _Press(missing="株"), invoice, now=AT)

    assert f"no glyph document={invoice.number} signs='株'" in caplog.text


def test_of_who_was_erased_there_is_none(trade: Trade, archive: Archive, invoice: Issued) -> None:
    with transaction(trade.engine) as conn:
        erase_words(conn, invoice.customer_id, mark="(erased)")

    with pytest.raises(WordsErased, match=invoice.number):
        pdf_of(trade.engine, archive, _Press(), trade.invoice(invoice.number), now=AT)
