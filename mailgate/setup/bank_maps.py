"""Check of maps of banks' tables: each can be read."""

from mailgate.billing.payment.table.table_map import MapErrors, read_map
from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site


def bank_maps(site: Site) -> Finding:
    """The folder `billing.bank_maps`, and what is wrong in it, by file and line."""
    folder = site.settings.billing.bank_maps
    if folder is None:
        return skipped("billing.bank_maps names no folder")
    names, broken = [], []
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix != ".toml":
                continue
            names.append(path.stem)
            try:
                read_map(path.read_bytes(), str(path))
            except MapErrors as error:
                broken.append(str(error.problems[0]).partition("\n")[0])
    except OSError as error:
        return fail(f"{error.filename or folder}: {error.strerror}", "billing.bank_maps names a folder of maps")
    if broken:
        return fail("; ".join(broken), "docs/bank.md says what stands in a map")
    return ok(", ".join(names)) if names else warn(f"{folder} has no map", "a map is a file NAME.toml in it")
