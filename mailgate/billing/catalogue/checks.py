"""What does not fit together in a catalogue: names that are there twice, and references that lead nowhere."""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from mailgate.billing.catalogue.findings import Findings
from mailgate.billing.offer.product import Kind, Product, Promotion, TaxRule
from mailgate.toml_text.positions import KeyPath


def check(
    findings: Findings, products: Sequence[Product], taxes: Sequence[TaxRule], promotions: Sequence[Promotion]
) -> None:
    """Note all of it; nothing is said about what follows from another mistake."""
    _twice(findings, "product", "sku", [(one.sku.lower(), f'"{one.sku}"') for one in products])
    _twice(findings, "promotion", "code", [(one.code.lower(), f'"{one.code}"') for one in promotions])
    by_sku = {one.sku: (index, one) for index, one in enumerate(products) if one.sku}
    for index, product in enumerate(products):
        _upgrades(findings, ("product", index), product, by_sku)
        _addons(findings, ("product", index), product, by_sku)
    _tax_rules(findings, taxes)
    _tax_classes(findings, products, taxes)
    for index, _ in enumerate(promotions):
        for path, sku in _items(findings, ("promotion", index, "products")):
            _known(findings, path, sku, by_sku)


def _twice(findings: Findings, of: str, key: str, named: Iterable[tuple[Hashable, str]]) -> None:
    first: dict[Hashable, int] = {}
    for index, (name, shown) in enumerate(named):
        other = first.setdefault(name, index)
        if other != index:
            path, before = (of, index, key), (of, other, key)
            line = findings.document.place_of_value(before).line
            findings.clash(path, f"{shown} is there already, in line {line}", others=[before])


def _upgrades(findings: Findings, path: KeyPath, product: Product, by_sku: Mapping[str, tuple[int, Product]]) -> None:
    for here, sku in _items(findings, (*path, "upgrades")):
        if sku == product.sku:
            findings.clash(here, f'"{sku}" is the product itself', others=[(*path, "sku")])
            continue
        if (found := _known(findings, here, sku, by_sku)) is None:
            continue
        index, other = found
        if other.kind is not product.kind:
            kinds = [(*path, "kind"), ("product", index, "kind")]
            words = f'"{sku}" is of kind {other.kind}, this product of kind {product.kind}: services keep theirs'
            findings.clash(here, words, others=kinds)


def _addons(findings: Findings, path: KeyPath, product: Product, by_sku: Mapping[str, tuple[int, Product]]) -> None:
    if product.addons and product.kind is Kind.ADD_ON:
        findings.clash((*path, "addons"), "belong to an add-on, which has none of its own", others=[(*path, "kind")])
        return
    for here, sku in _items(findings, (*path, "addons")):
        found = _known(findings, here, sku, by_sku)
        if found is not None and found[1].kind is not Kind.ADD_ON:
            words = f'"{sku}" is of kind {found[1].kind}, not add-on'
            findings.clash(here, words, others=[("product", found[0], "kind")])


def _known(
    findings: Findings, path: KeyPath, sku: str, by_sku: Mapping[str, tuple[int, Product]]
) -> tuple[int, Product] | None:
    """The product that a reference names."""
    if sku in by_sku:
        return by_sku[sku]
    findings.clash(path, f'"{sku}" is the sku of no product', findings.nearest(sku, by_sku))
    return None


def _items(findings: Findings, path: KeyPath) -> Iterable[tuple[KeyPath, str]]:
    """The items of a list that are right by themselves, each with its place."""
    found: object = findings.document.values
    for step in path:
        found = found[step] if isinstance(found, list) and isinstance(step, int) else _of(found, step)
    if isinstance(found, list):
        for index, one in enumerate(found):
            if isinstance(one, str) and not findings.is_broken((*path, index)):
                yield (*path, index), one


def _of(table: object, key: str | int) -> object:
    return table.get(key) if isinstance(table, dict) else None


def _tax_rules(findings: Findings, taxes: Sequence[TaxRule]) -> None:
    first: dict[Hashable, int] = {}
    for index, one in enumerate(taxes):
        key = one.country, one.region, one.tax_class, one.name.lower(), one.from_on
        other = first.setdefault(key, index)
        if other == index:
            continue
        parts = [("tax", at, name) for at in (index, other) for name in ("country", "region", "class", "name", "from")]
        line = findings.document.place_of_key(("tax", other)).line
        of = " ".join(filter(None, (one.country, one.region)))
        words = f"is there already, in line {line}: {one.name} for {of}, class {one.tax_class}, from {one.from_on}"
        findings.clash(("tax", index), words, others=parts)


def _tax_classes(findings: Findings, products: Sequence[Product], taxes: Sequence[TaxRule]) -> None:
    """A class without a rule would keep its products out of every bill; a shop without any rule takes no tax."""
    known = {one.tax_class for one in taxes}
    if not known or any(findings.is_broken(("tax", index, "class")) for index in range(len(taxes))):
        return
    for index, one in enumerate(products):
        if one.tax_class not in known:
            words = f'"{one.tax_class}" is the class of no [[tax]]'
            findings.clash(("product", index, "tax_class"), words, findings.nearest(one.tax_class, known))
