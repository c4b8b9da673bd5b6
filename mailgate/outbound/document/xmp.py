"""What a PDF says of the e-invoice inside it: Factur-X's part of its XMP, put beside what typst has written.

PDF/A wants each schema that it does not know described in the one bag of extensions (ISO 19005-3 §6.6.2.3). typst
writes such a bag, and a second one would be invalid, so ours goes into it. Source: Factur-X 1.0, §6.2.2.
"""

import io
from typing import Final

FILE_NAME: Final = "factur-x.xml"
"""What the XML inside a PDF is called: by it, programs find it."""

_NAMESPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES: Final = (
    ("DocumentFileName", FILE_NAME, "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE", "INVOICE"),
    ("Version", "1.0", "the actual version of the Factur-X XML schema"),
    ("ConformanceLevel", "EN 16931", "the conformance level of the embedded Factur-X data"),
)
_END_OF_BAG: Final = "</rdf:Bag></pdfaExtension:schemas>"
_END: Final = "</rdf:RDF>"

_SCHEMA: Final = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{what}</pdfaProperty:description><pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, _, what in _PROPERTIES
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_SAID: Final = (
    f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">'
    + "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in _PROPERTIES)
    + "</rdf:Description>"
)


class StrangeXmp(RuntimeError):
    """The XMP of a PDF is not as this version of typst writes it."""


class NothingInside(ValueError):
    """A layout that leaves the e-invoice out."""


def with_factur_x(pdf: bytes) -> bytes:
    """The PDF, which has the XML inside already, with what it says of that. The same bytes each time.

    Raises NothingInside, and StrangeXmp.
    """
    import pikepdf  # for who makes a document

    done = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if FILE_NAME not in document.attachments:
            raise NothingInside("the e-invoice is not inside: the layout lacks the shipped one's `pdf.attach`")
        said = document.Root.Metadata.read_bytes().decode()
        if said.count(_END_OF_BAG) != 1 or said.count(_END) != 1:
            raise StrangeXmp("the XMP that typst writes has changed: Factur-X's part of it has no place")
        said = said.replace(_END_OF_BAG, _SCHEMA + _END_OF_BAG).replace(_END, _SAID + _END)
        document.Root.Metadata.write(said.encode())
        document.save(done, deterministic_id=True)
    return done.getvalue()
