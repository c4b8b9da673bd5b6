"""A page of paper from the seller: what stands on each, whatever else it is."""

from collections.abc import Mapping
from typing import Any

from mailgate.language.telling import speech
from mailgate.outbound.document.parties import address, reached, registered


def on_every_page(seller: Mapping[str, Any], words: Mapping[str, str], paper: str) -> dict[str, object]:
    """Language, `paper` by a name of typst's, and who writes, as every layout is given them."""
    locale = speech().locale
    return {
        "language": locale.language,
        "region": locale.territory or None,
        "rtl": locale.text_direction == "rtl",
        "paper": paper,
        "seller": {"name": seller["name"], "address": [*address(seller, locale), *reached(seller)]},
        "legal": [seller["name"], *registered(seller, words)],
        "page": words["page"],
    }
