"""How an invoice may be paid, by what its frozen model says of the seller: the same in mail, page and PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BankTransfer:
    """To which account, and by which reference; both in groups of four, as people type them off."""

    holder: str
    iban: str
    bic: str  # "" where none is given
    reference: str


@dataclass(frozen=True, slots=True)
class Check:
    """Made out to whom, and sent where; "" where no address is given."""

    payable_to: str
    address: str


def bank_transfer(model: Mapping[str, Any]) -> BankTransfer | None:
    """None where the seller has named no account."""
    seller = model["seller"]
    if not seller.get("iban"):
        return None
    return BankTransfer(seller["name"], in_fours(seller["iban"]), seller.get("bic", ""), in_fours(model["reference"]))


def check(model: Mapping[str, Any]) -> Check | None:
    """None where the seller takes none."""
    seller = model["seller"]
    if not seller.get("check_payable_to"):
        return None
    return Check(seller["check_payable_to"], seller.get("check_address", ""))


def in_fours(text: str) -> str:
    """In groups of four; the last is the rest."""
    bare = text.replace(" ", "")
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))
