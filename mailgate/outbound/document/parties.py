"""Who stands on a document: names, addresses, and what a seller must say of itself."""

from collections.abc import Iterator, Mapping

from babel import Locale

from mailgate.billing.document.einvoice import Model


def named(buyer: Model) -> list[str]:
    """The organisation first, as envelopes have it."""
    return list(dict.fromkeys(name for name in (buyer.get("organisation"), buyer.get("name")) if name))


def address(party: Model, locale: Locale) -> list[str]:
    """Street, town, region and country, as far as they are given."""
    town = " ".join(filter(None, (party.get("postcode"), party.get("city"))))
    country = party.get("country", "")
    return list(
        filter(None, (party.get("street"), town, party.get("region"), locale.territories.get(country, country)))
    )


def reached(seller: Model) -> list[str]:
    """How the seller can be written to and called."""
    return list(filter(None, (seller.get("email"), seller.get("phone"))))


def registered(seller: Model, words: Mapping[str, str]) -> Iterator[str]:
    """What a seller must say of itself, in the last lines of each page."""
    if seller.get("register_id"):
        yield seller["register_id"]
    if seller.get("vat_id"):
        yield words["vat-id"].format(id=seller["vat_id"])
    if seller.get("tax_number"):
        yield words["tax-number"].format(number=seller["tax_number"])
