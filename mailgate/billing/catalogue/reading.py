"""Reading a catalogue: the bytes of a file in, what is sold out, or every mistake of the file at once."""

from mailgate.billing.catalogue.checks import check
from mailgate.billing.catalogue.findings import Findings
from mailgate.billing.catalogue.products import read_product
from mailgate.billing.catalogue.rules import read_promotion, read_tax
from mailgate.billing.catalogue.table import Table
from mailgate.billing.offer.product import Catalogue
from mailgate.toml_text.document import parse
from mailgate.toml_text.problems import Place, Problem, Problems

MAX_BYTES = 16 * 1024 * 1024
"""A longer file is no catalogue: ten thousand products with a dozen prices each take some 10 MiB."""

_LISTS = ("product", "tax", "promotion")


class CatalogueErrors(Problems):
    """The file is no catalogue that could be sold from; holds every problem, in the order of their places."""


def read_catalogue(raw: bytes, file: str) -> Catalogue:
    """Read a whole file, whose name is `file` as the operator gave it. Raises CatalogueErrors."""
    if len(raw) > MAX_BYTES:
        raise CatalogueErrors([Problem(Place(file), f"longer than {MAX_BYTES} bytes: this is no catalogue")])
    document = parse(raw, file)
    if isinstance(document, Problem):
        raise CatalogueErrors([document])
    findings = Findings(document)
    whole = Table(findings, (), document.values)
    whole.refuse_unknown(_LISTS)
    products = tuple(map(read_product, whole.entries("product")))
    tax_rules = tuple(map(read_tax, whole.entries("tax")))
    promotions = tuple(map(read_promotion, whole.entries("promotion")))
    check(findings, products, tax_rules, promotions)
    problems = sorted(findings.problems, key=lambda one: one.place.order)
    if findings.untold:
        problems.append(Problem(Place(file), f"and {findings.untold} more mistakes, which are left out here"))
    if not products and not problems:
        words = "there is no [[product]] in it: an import would retire all that is sold"
        problems.append(Problem(Place(file), words))
    if problems:
        raise CatalogueErrors(problems)
    return Catalogue(products, tax_rules, promotions)
