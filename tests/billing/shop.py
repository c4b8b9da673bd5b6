"""A small catalogue for tests, as text."""

PRICES = 'prices = { EUR = { monthly = "9.90" } }'


def product(sku: str = "web", *lines: str, kind: str = "hosting", name: str = "Web", prices: str = PRICES) -> str:
    """One `[[product]]`."""
    keys = (f'sku = "{sku}"', f'kind = "{kind}"', f'name = "{name}"', prices, *lines)
    return "\n".join(("[[product]]", *keys, ""))


def tax(country: str = "DE", rate: str = "19", *lines: str, name: str = "VAT") -> str:
    """One `[[tax]]`."""
    return "\n".join(("[[tax]]", f'country = "{country}"', f'rate = "{rate}"', f'name = "{name}"', *lines, ""))


def promotion(code: str = "SPRING", *lines: str) -> str:
    """One `[[promotion]]`."""
    return "\n".join(("[[promotion]]", f'code = "{code}"', *lines, ""))
