"""Check of who bills: nobody is billed in the name of the example."""

from mailgate.config import Seller
from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site
from store.billing import accounts

OF_THE_EXAMPLE = ("name", "street", "vat_id", "register_id", "email", "iban")
"""What of the example can be nobody's; a company may well be in Berlin."""


def seller(site: Site) -> Finding:
    """The company that stands on bills is the operator's own, as far as can be told.

    A gate that sends nothing bills nobody; one that is for support alone is warned.
    """
    given, example = site.settings.seller, Seller()
    if site.settings.smarthost.address is None:
        return skipped("nothing leaves, so nobody is billed")
    left = [key for key in OF_THE_EXAMPLE if getattr(given, key) and getattr(given, key) == getattr(example, key)]
    if left:
        names = ", ".join(f"seller.{key}" for key in left)
        with site.reading() as conn:
            tell = fail if accounts.has_work(conn) else warn
        return tell(f"still of the example company: {names}", "set them to your own, or to empty, before you bill")
    if not given.country:
        return warn("seller.country is empty: no tax can be worked out", 'set seller.country, such as "DE"')
    return ok(f"{given.name}, {given.country}, {given.vat_id or 'no VAT id'}")
