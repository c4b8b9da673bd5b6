"""What tells two products, or two catalogues, apart: the digest of all that they say, however the file is laid out."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from mailgate.billing.offer.product import Catalogue, Option, Price, Product


def product_digest(product: Product) -> str:
    """SHA-256 of a product, hexadecimal."""
    # By hand: dataclasses.asdict copies deeply, which thousands of products would notice.
    said = [
        *(product.sku, product.kind.value, product.name, product.description, product.tax_class),
        *(product.tax_included, product.align, product.limits, product.upgrades, product.addons, product.lead_days),
        [_price(one) for one in product.prices],
        [_option(one) for one in product.options],
    ]
    return _digest(said)


def catalogue_digest(catalogue: Catalogue, products: Sequence[str]) -> str:
    """SHA-256 of a catalogue whose products have these digests, in its order."""
    rules = [{**asdict(one), "from_on": one.from_on.isoformat()} for one in catalogue.tax_rules]
    promotions = [
        {**asdict(one), "until_on": one.until_on and one.until_on.isoformat()} for one in catalogue.promotions
    ]
    return _digest([products, rules, promotions])


def _price(price: Price) -> Sequence[object]:
    return price.currency, price.months, price.amount_minor, price.setup_minor


def _option(option: Option) -> Sequence[object]:
    return option.name, option.included, option.step, option.most, [_price(one) for one in option.prices]


def _digest(said: Iterable[object]) -> str:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
