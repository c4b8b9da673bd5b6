"""`mailgate search`: tickets, mails, customers and articles by their words."""

import sys
import time

import click

from mailgate.cli.gate import gate
from mailgate.cli.output import EX_USAGE, fail, json_option, limit_option, print_object, print_rows, say, utc_option
from mailgate.flows.indexing import reindex
from mailgate.tickets.search_query import read_query
from store.engine import reading
from store.search.index import Kind, count_marked
from store.views import found
from store.views.found import Hit
from store.views.found_documents import DOCUMENTS, documents
from store.views.paging import Turn

_KINDS = [kind.value for kind in (*Kind, *DOCUMENTS)]
COLUMNS = ("kind", "id", "state", "at", "title", "snippet")
REINDEX = "reindex"
PROGRESS_SECONDS = 0.5


@click.command(context_settings={"ignore_unknown_options": True})  # `-word` is a word to be left out
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(_KINDS), help="Only what is of this kind.")
@limit_option
@utc_option
@json_option
def search(words: tuple[str, ...], kind: str | None, limit: int | None) -> None:
    """Find tickets, mails, customers and articles; the latest first, fifty of each unless `--limit` asks for more.

    A document is found by its whole number.

    `search reindex` makes the index anew.

    All words must be there, each as a word or the beginning of one. A phrase stands in quotes, -WORD leaves out;
    status:open from:ann before:2026-01-31 after:2026-01-01 desk:support customer:ann has:file narrow it down.
    """
    if words == (REINDEX,):
        _reindex()
        return
    query = read_query(" ".join(_quoted(word) for word in words))
    if query.problems:
        fail("; ".join(map(str, query.problems)), code=EX_USAGE, hint="see mailgate search --help")
    with gate() as parts, reading(parts.engine) as conn:
        zone = parts.settings.gate.zone
        numbered = found.numbered(conn, query) + documents(conn, " ".join(words))
        hits = [hit for hit in numbered if kind in (None, hit.kind)]
        for one in found.STAFF_KINDS if kind is None else [Kind(kind)] if kind in set(Kind) else []:
            page = found.find(conn, query, one, Turn(), zone=zone)
            hits += page.rows
            while page.onward and limit is not None and len(hits) < limit:
                page = found.find(conn, query, one, Turn(after=page.onward), zone=zone)
                hits += page.rows
        behind = count_marked(conn, limit=1)
    if behind:
        say("mailgate: what was written in the last moments is not indexed yet")
    once = {(hit.kind, hit.id): hit for hit in reversed(hits)}  # a ticket may be on two pages, or have its number in it
    kept = [hit for hit in hits if once[hit.kind, hit.id] is hit]
    print_rows([_row(hit) for hit in kept[:limit]], COLUMNS)


def _quoted(word: str) -> str:
    """An argument with a blank in it was quoted for the shell, and is a phrase: `"disk full" customer:"Ann Miller"`."""
    if not any(ch.isspace() for ch in word) or '"' in word:
        return word
    operator, colon, value = word.partition(":")
    return f'{operator}:"{value}"' if colon and operator.isalpha() else f'"{word}"'


def _reindex() -> None:
    shown = sys.stderr.isatty()
    last = 0.0

    def told(rows: int) -> None:
        nonlocal last
        if shown and time.monotonic() - last > PROGRESS_SECONDS:
            last = time.monotonic()
            click.echo(f"\r{rows} indexed", nl=False, err=True)

    with gate() as parts:
        rows = reindex(parts.engine, told=told)
    if shown:
        click.echo("\r", nl=False, err=True)
    print_object({"indexed": rows})


def _row(hit: Hit) -> dict[str, object]:
    return {
        "kind": hit.kind.value,
        "id": hit.id,
        "title": hit.title,
        "state": hit.state,
        "at": hit.at,
        "snippet": "".join(piece.text for piece in hit.pieces),
    }
