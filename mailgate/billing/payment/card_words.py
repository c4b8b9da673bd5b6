"""What a card is called, so that its owner knows which one is meant."""

_BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}


def card_words(brand: str, last4: str) -> str:
    """A card, as its owner knows it."""
    name = _BRANDS.get(brand, brand.replace("_", " ").title() if brand.islower() else brand)
    return f"{name} {last4}".strip()
