"""Lists in pages, searches, and objects in place of their ids."""

import re
from collections.abc import Callable, Iterable, Mapping

from mailgate.demo.provider.state import State
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, malformed

PAGE_FIELDS = ("limit", "starting_after", "ending_before", "created")
_USUAL, _MOST = 10, 100
_CLAUSE = re.compile(
    r"""(?P<field>[a-z_]+)(?:\[["'](?P<key>[^"']+)["']\])?(?P<not>-)?\s*(?P<by>[:~])\s*["'](?P<value>[^"']*)["']"""
)
_KINDS = {
    "pi": "payment_intent",
    "ch": "charge",
    "pm": "payment_method",
    "cus": "customer",
    "txn": "balance_transaction",
    "seti": "setup_intent",
    "plink": "payment_link",
    "re": "refund",
    "po": "payout",
    "cs": "checkout.session",
    "du": "dispute",
    "mandate": "mandate",
}
_COMPARES: Mapping[str, Callable[[int, int], bool]] = {
    "eq": lambda value, bound: value == bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def page(things: Iterable[Object], fields: Fields, url: str) -> Object:
    """A page of these, newest first. They come oldest first."""
    created = fields.moment("created")
    found = [
        thing
        for thing in reversed(list(things))
        if all(_COMPARES[word](thing["created"], bound) for word, bound in created.items())
    ]
    after, before, limit = fields.text("starting_after"), fields.text("ending_before"), _limit(fields)
    if before is not None:
        found = found[: _place(found, before, fields.at("ending_before"))]
        return _listed(found[-limit:], url, has_more=len(found) > limit)
    if after is not None:
        found = found[_place(found, after, fields.at("starting_after")) + 1 :]
    return _listed(found[:limit], url, has_more=len(found) > limit)


def whole(things: Iterable[Object], url: str) -> Object:
    """A list that is part of something else."""
    return _listed(list(things), url, has_more=False)


def search(state: State, kind: str, fields: Fields, url: str) -> Object:
    """What fits `query`: clauses like `metadata["key"]:"value"`, `status:"succeeded"`, joined by AND or by OR.

    As the real one says, what is new is found only after a while: never look for a charge in doubt by this alone.
    """
    fields.only("query", "limit", "page")
    query = fields.needed("query")
    clauses = list(_CLAUSE.finditer(query))
    rest = _CLAUSE.sub("", query).split()
    words = {word.upper() for word in rest}
    if not clauses or not (words <= {"AND"} or words <= {"OR"}):
        raise malformed(f"We were unable to parse your search query: {query}", param="query")
    is_enough = any if words == {"OR"} else all
    oldest = state.now - state.search_lag_seconds
    found = [
        thing
        for thing in reversed(state.all(kind))
        if thing["created"] <= oldest and is_enough(_fits(thing, clause) for clause in clauses)
    ]
    start = int(fields.text("page") or 0)
    end = start + _limit(fields)
    has_more = len(found) > end
    return {
        "object": "search_result",
        "url": url,
        "has_more": has_more,
        "data": found[start:end],
        "next_page": str(end) if has_more else None,
    }


def expanded(state: State, answer: Object, paths: Iterable[str]) -> Object:
    """The answer with whole objects where these paths name ids: `latest_charge`, `data.payment_intent`."""
    for path in paths:
        answer = _expanded(state, answer, path.split("."), path)
    return answer


def _expanded(state: State, thing: Object, steps: list[str], path: str) -> Object:
    step, below = steps[0], steps[1:]
    if step == "data" and isinstance(thing.get("data"), list):
        return {**thing, "data": [_expanded(state, one, below, path) for one in thing["data"]]}
    if step in ("line_items", "refunds") and step not in thing:
        hidden = state.secrets.get(thing["id"], {}).get("line_items", [])
        kept = hidden if step == "line_items" else [r for r in state.all("refund") if r["charge"] == thing["id"]]
        value: object = whole(kept, f"/v1/{step}/{thing['id']}")
    elif step not in thing:
        raise malformed(f"This property cannot be expanded ({path}).", param="expand")
    else:
        value = thing[step]
    if isinstance(value, str):
        kind = _KINDS.get(value.split("_", 1)[0])
        if kind is None or value not in state.objects[kind]:
            raise malformed(f"This property cannot be expanded ({path}).", param="expand")
        value = state.objects[kind][value]
    if below and isinstance(value, dict):
        value = _expanded(state, value, below, path)
    return {**thing, step: value}


def _fits(thing: Object, clause: re.Match[str]) -> bool:
    value = thing.get(clause["field"])
    if clause["key"] is not None:
        value = (value or {}).get(clause["key"])
    text = "" if value is None else str(value)
    is_same = text == clause["value"] if clause["by"] == ":" else clause["value"].lower() in text.lower()
    return is_same != bool(clause["not"])


def _limit(fields: Fields) -> int:
    limit = fields.number("limit")
    if limit is None:
        return _USUAL
    if not 1 <= limit <= _MOST:
        raise malformed(f"Invalid limit: it is from 1 to {_MOST}", param="limit", code="parameter_invalid_integer")
    return limit


def _place(things: list[Object], ident: str, param: str) -> int:
    for index, thing in enumerate(things):
        if thing["id"] == ident:
            return index
    raise malformed(f"No such object: {ident}", param=param, code="resource_missing")


def _listed(things: list[Object], url: str, *, has_more: bool) -> Object:
    return {"object": "list", "url": url, "has_more": has_more, "data": things}
