"""The QR code by which a banking app fills in a transfer in euros (EPC069-12), as SVG."""

import io

from mailgate.billing.document.reference import Transfer, Unusable, payload
from mailgate.billing.money.amount import written

_UTF_8 = 1  # as the QR code of a transfer counts charsets
_MASK = 3  # (row + column) mod 3: no pattern of text looks like it
_OLDEST = 13  # version of QR codes: what EPC069-12 allows at most


def transfer_code(*, name: str, iban: str, bic: str, reference: str, currency: str, amount_minor: int) -> str:
    """With error correction M; "" where a transfer in euro cannot say it."""
    if currency != "EUR" or not iban:
        return ""
    wanted = Transfer(
        name=name, iban=iban, bic=bic, amount=written(amount_minor, "EUR"), reference=reference, charset=_UTF_8
    )
    try:
        lines = payload(wanted)
    except Unusable:
        return ""
    import segno  # for who makes a document, and not for each command

    # Bytes, for segno would choose another charset than the payload names. To try all masks takes half of the time that
    # a PDF takes, and every reader undoes every mask.
    code = segno.make("\n".join(lines).encode(), mode="byte", error="m", boost_error=False, micro=False, mask=_MASK)
    if int(code.version) > _OLDEST:
        return ""
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=4, xmldecl=False, omitsize=True)
    return drawn.getvalue().decode()
