"""Check of documents: letters that no font has, and tax in another currency that the company's own must tell."""

from datetime import UTC, datetime, timedelta

from mailgate.setup.finding import Finding, ok, skipped, warn, worst
from mailgate.setup.site import Site
from store.billing import files, invoices, rates

_NAMED = 5
_LOOKED_BACK = timedelta(days=366)


def documents(site: Site) -> Finding:
    """What their PDFs lack, and for which currencies no rate is on record."""
    home, today = site.settings.gate.currency, datetime.now(UTC).date()
    with site.reading() as conn:
        lacking = files.without_glyphs(conn, most=_NAMED)
        billed = invoices.taxed_in(conn, since=today - _LOOKED_BACK)
        unknown = [code for code in billed if code != home and rates.valid(conn, home, code, today) is None]
    found = []
    if lacking:
        signs = "".join(sorted({sign for _, missing in lacking for sign in missing}))
        numbers = ", ".join(number for number, _ in lacking)
        found.append(
            warn(
                f"no font has {' '.join(signs)}: the PDFs of {numbers} show a sign for a missing one",
                "documents.fonts names a folder of fonts that have them; what is made already stays as it is",
            )
        )
    if unknown:
        found.append(
            warn(
                f"tax is billed in {', '.join(unknown)}, and no rate to {home} is on record: documents lack it",
                f"mailgate rate add {unknown[0]} RATE",
            )
        )
    if not billed and not found:
        return skipped("nothing was billed within a year")
    return worst([*found, ok(f"billed in {', '.join(billed)}" if billed else "none within a year")])
