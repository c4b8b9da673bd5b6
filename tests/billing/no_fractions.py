"""Where a module could reckon with fractions of a minor unit, by its syntax tree."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TYPES = frozenset({"float", "complex", "round", "Decimal", "Fraction"})
_MODULES = frozenset({"math", "cmath", "fractions", "decimal", "statistics"})
_GIVE_FLOATS = frozenset({"truediv", "__truediv__", "total_seconds", "timestamp"})
_AMOUNTS = re.compile(
    r"(^|_)(minor|amount|price|total|net|gross|tax|credit|debit|charge|balance|fee|paid|owed)(e?s)?(_|$)"
)
"""Words of names that hold amounts."""

_NAMES = frozenset({"CURRENCIES", "COUNTRIES", "WRITTEN_OTHERWISE"})
"""What is asked about codes alone."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a module, and what stands there."""

    line: int
    what: str


def fractions_in(source: str, *, is_rule: bool) -> tuple[Spot, ...]:
    """What must not stand in a module that knows amounts.

    A rule of billing (`is_rule`) divides nothing and takes no float from an instant. Elsewhere `/` joins paths, so that
    it is a mistake only beside a name that holds an amount; and what is called seconds, as a timeout is, is no amount.
    """
    nodes = ast.walk(ast.parse(source)) if is_rule else _beside_seconds(ast.parse(source))
    return tuple(Spot(getattr(node, "lineno", 0), what) for node in nodes for what in _wrong(node, is_rule))


def knows_amounts(source: str) -> bool:
    """Does a module take more of mailgate.billing than the names of currencies and countries?"""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(_is_billing(one.name) for one in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {one.name for one in node.names}
            if node.module == "mailgate" and "billing" in names:
                return True
            if _is_billing(node.module) and not names <= _NAMES:
                return True
    return False


def _beside_seconds(node: ast.AST) -> Iterator[ast.AST]:
    """A tree without what its names say to be seconds: fields, constants, parameters with their defaults, arguments."""
    children: list[ast.AST]
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]) if _are_seconds(name):
            return
        case ast.arg(arg=name) | ast.keyword(arg=str(name)) if _are_seconds(name):
            return
        case ast.arguments():
            given = [*node.posonlyargs, *node.args]
            behind = zip(given[len(given) - len(node.defaults) :], node.defaults, strict=True)
            defaults = (*behind, *zip(node.kwonlyargs, node.kw_defaults, strict=True))
            children = [*given, *node.kwonlyargs, *filter(None, (node.vararg, node.kwarg))]
            children += [value for parameter, value in defaults if value and not _are_seconds(parameter.arg)]
        case _:
            children = list(ast.iter_child_nodes(node))
    yield node
    for child in children:
        yield from _beside_seconds(child)


def _are_seconds(name: str) -> bool:
    return name.lower().rpartition("_")[2] == "seconds"


def _wrong(node: ast.AST, is_rule: bool) -> Iterator[str]:
    match node:
        case ast.Constant(value=float() | complex()):
            yield repr(node.value)
        case ast.Name(id=name) if name in _TYPES:
            yield name
        case ast.Attribute(attr=name) if name in _TYPES or (is_rule and name in _GIVE_FLOATS):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from _imported(node)
        case ast.BinOp(left=left, op=ast.Div(), right=right) | ast.AugAssign(target=left, op=ast.Div(), value=right):
            if is_rule or _holds_amount(left) or _holds_amount(right):
                yield "/"
        case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
            yield "** -"
        case _:
            pass


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    modules = [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    yield from (module for module in modules if module.partition(".")[0] in _MODULES)
    yield from (one.name for one in node.names if one.name in _TYPES | _GIVE_FLOATS)


def _holds_amount(expression: ast.AST) -> bool:
    names = (getattr(node, "id", None) or getattr(node, "attr", None) or "" for node in ast.walk(expression))
    return any(_AMOUNTS.search(name.lower()) for name in names)


def _is_billing(module: str) -> bool:
    return module == "mailgate.billing" or module.startswith("mailgate.billing.")
