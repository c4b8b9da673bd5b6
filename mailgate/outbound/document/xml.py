"""The e-invoice as XML: Cross Industry Invoice, as it stands inside the PDF, or UBL."""

from enum import StrEnum

from mailgate.billing.document.einvoice import Lacking, Model, terms

_LEVEL = "en16931"


class Syntax(StrEnum):
    """The two that EN 16931 may be written in."""

    CII = "cii"
    UBL = "ubl"


def make_xml(model: Model, syntax: Syntax) -> bytes | Lacking:
    """The XML of a frozen document, the same bytes each time; or why there is none."""
    found = terms(model)
    if isinstance(found, Lacking):
        return found
    import facturx  # which brings much that only who makes a document needs

    make = facturx.generate_cii_xml if syntax is Syntax.CII else facturx.generate_ubl_xml
    # Its check of rules asks a server, and passes without one; ours are in the tests.
    made = make(found, level=_LEVEL, check_xsd=False, check_schematron=False)
    assert isinstance(made, bytes)
    return made
