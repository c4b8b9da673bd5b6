"""`mailgate payment receipt`: what came, which invoices it settled, and what is left; the mail brings the same file."""

from pathlib import Path

import pytest

from mailgate.cli.output import EX_CANTCREAT, EX_DATAERR
from tests.cli.selling import add, refused, selling
from tests.cli.test_statement import numbers, text_of
from tests.program import Program

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Two invoices of Anne's: a part of the first was paid in cash, then its rest and more by transfer."""
    program = selling(tmp_path_factory.mktemp("receipt") / "gate")
    program.set(
        "seller", name="Example Hosting GmbH", street="Ring 1", city="Berlin", country="DE", vat_id="DE123456788"
    )
    add(program, on="2026-04-01")
    pay(program, "5.00", "cash", "desk 1")
    pay(program, "20.00", "transfer", "No. 7")
    return program


def pay(program: Program, amount: str, method: str, reference: str) -> None:
    words = ("--method", method, "--reference", reference, "--on", "2026-04-14")
    program.prints("payment", "record", numbers(program)[0], amount, *words)


def receipt(program: Program, number: int, path: Path) -> str:
    program.prints("payment", "receipt", str(number), "-o", str(path))
    return " ".join(text_of(path).replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "Receipt 2",
                "We received EUR 20.00 on 14 Apr 2026. Thank you.",
                "Paid by",
                "Bank transfer No. 7",
                "EUR 11.90 EUR 6.90 EUR 0.00",
                "EUR 13.10 of it is your credit with us, which pays what falls due. There is nothing to pay.",
            ),
        ),
        (
            "de",
            (
                "Zahlungsbeleg 2",
                "Wir haben am 14.04.2026 20,00 EUR erhalten. Vielen Dank.",
                "Überweisung",
                "11,90 EUR 6,90 EUR 0,00 EUR",
                "13,10 EUR davon sind Ihr Guthaben bei uns",
            ),
        ),
    ],
)
def test_a_receipt_says_what_came_what_it_settled_and_what_is_left(
    shop: Program, tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    shop.prints("customer", "edit", "1", "--language", language)

    text = receipt(shop, 2, tmp_path / "receipt.pdf")

    assert [one for one in (*words, *numbers(shop), "Example Hosting GmbH", "Anne") if one not in text] == [], text


def test_a_part_says_what_was_taken_of_it(shop: Program, tmp_path: Path) -> None:
    shop.prints("customer", "edit", "1", "--language", "en")

    text = receipt(shop, 1, tmp_path / "receipt.pdf")

    assert "Cash desk 1" in text
    assert "EUR 11.90 EUR 5.00 EUR 0.00" in text
    assert "credit" not in text


def test_the_same_payment_makes_the_same_bytes(shop: Program, tmp_path: Path) -> None:
    receipt(shop, 2, tmp_path / "receipt.pdf")

    assert (tmp_path / "receipt.pdf").read_bytes() == shop.prints("payment", "receipt", "2", "-o", "-")


def test_what_there_is_none_of_and_a_file_that_is_there_are_refused(shop: Program, tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    unknown = refused(shop, "payment", "receipt", "9", "-o", str(path), code=EX_DATAERR)
    assert unknown["message"] == "there is no payment 9"

    path.write_text("mine")
    taken = refused(shop, "payment", "receipt", "1", "-o", str(path), code=EX_CANTCREAT)
    assert taken["message"].endswith("is there already")
    assert path.read_text() == "mine"


def test_the_mail_of_a_payment_that_settles_brings_it(shop: Program) -> None:
    [mail] = [one for one in shop.rows("queue", "list") if one["template"] == "payment-receipt"]

    assert shop.ask("mail", "show", str(mail["id"]))["files"] == ["Example-Hosting_P-2.pdf"]
