"""A bank's file as it was named, and the map by which it is read if it is a table."""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailgate.billing.payment.table.reading import fits
from mailgate.billing.payment.table.table_map import MapErrors, TableMap, read_map
from mailgate.cli.output import EX_DATAERR, EX_NOINPUT, fail
from mailgate.cli.problems import fail_with

_PIECE = 65_536
_SUFFIX = ".toml"
_MARKS = codecs.BOM_UTF8 + codecs.BOM_UTF16 + codecs.BOM_UTF16_BE + b"\0 \t\r\n"
_EXPLAINED = "what a map says is explained in docs/bank.md"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A map, and what it is called."""

    name: str
    chart: TableMap


def choose_map(file: Path, wanted: str | None, folder: Path | None) -> Chosen | None:
    """The map that is wanted, by its name in the folder or by its file; else the one there that fits a table's header.

    None: it is XML, or there are no maps to choose from.
    """
    if wanted is not None:
        kept = _kept(folder)
        if wanted not in kept and not _is_path(wanted) and kept:
            known = f"there are {', '.join(kept)}"
            fail(f"there is no map {wanted} in {folder}", code=EX_DATAERR, name="NoMap", hint=known)
        return Chosen(wanted, _read(kept.get(wanted, Path(wanted))))
    head = next(pieces(file), b"")
    kept = {} if head.lstrip(_MARKS).startswith(b"<") else _kept(folder)
    charts = {name: _read(path) for name, path in kept.items()}
    fitting = [Chosen(name, chart) for name, chart in charts.items() if fits(head, chart)]
    if len(fitting) > 1:
        names = ", ".join(one.name for one in fitting)
        hint = f"say which: --map {fitting[0].name}"
        fail(f"the columns of several maps stand in its header: {names}", code=EX_DATAERR, name="NoMap", hint=hint)
    if charts and not fitting:
        tried = f"none of the maps {', '.join(charts)} fits it: its header must have all columns that one names"
        fail(tried, code=EX_DATAERR, name="NoMap", hint="--map names one, and says what does not fit")
    return fitting[0] if fitting else None


def digest(path: Path) -> str:
    """By which the file is known."""
    found = hashlib.sha256()
    for piece in pieces(path):
        found.update(piece)
    return found.hexdigest()


def pieces(path: Path) -> Iterator[bytes]:
    """What stands in it; the command ends where it cannot be read."""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}", code=EX_NOINPUT, name="NoInput")


def _kept(folder: Path | None) -> dict[str, Path]:
    """The maps of the folder by their names."""
    if folder is None:
        return {}
    try:
        return {one.stem: one for one in sorted(folder.iterdir()) if one.suffix == _SUFFIX}
    except OSError as error:
        why = f"billing.bank_maps: {folder} cannot be read: {error.strerror}"
        fail(why, code=EX_NOINPUT, name="NoInput")


def _is_path(wanted: str) -> bool:
    """A name has neither folders nor an ending."""
    path = Path(wanted)
    return path.name != wanted or bool(path.suffix) or path.exists()


def _read(path: Path) -> TableMap:
    raw = b"".join(pieces(path))
    try:
        return read_map(raw, str(path))
    except MapErrors as error:
        fail_with(error, code=EX_DATAERR, name="map", hint=_EXPLAINED)
