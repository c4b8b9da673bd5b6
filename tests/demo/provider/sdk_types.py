"""Whether an answer is what the SDK's typed classes say: each field known there, of a fitting type, none missing."""

import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject
from stripe.checkout import Session

_CLASSES: tuple[type[StripeObject], ...] = (
    stripe.Account,
    stripe.Balance,
    stripe.BalanceTransaction,
    stripe.Charge,
    stripe.Customer,
    stripe.Dispute,
    stripe.Event,
    stripe.LineItem,
    stripe.PaymentIntent,
    stripe.PaymentLink,
    stripe.PaymentMethod,
    stripe.Payout,
    stripe.Price,
    stripe.Refund,
    stripe.SetupIntent,
    Session,
)
BY_OBJECT_NAME = {str(vars(one)["OBJECT_NAME"]): one for one in _CLASSES}
ERROR_CODES = frozenset(get_args(get_args(stripe.PaymentIntent.LastPaymentError.__annotations__["code"])[0]))
_MANY = (list, ListObject, UntypedStripeObject)


def misfits(value: dict[str, Any]) -> list[str]:
    """What is wrong with an object of the API; nothing, most often."""
    return list(_of_class(value, BY_OBJECT_NAME[value["object"]], value["object"]))


def _of_class(value: object, its: type[StripeObject], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is {value!r}, not a {its.__name__}"
        return
    named = value.get("object")
    its = BY_OBJECT_NAME.get(named, its) if isinstance(named, str) else its
    hints = {name: hint for name, hint in its.__annotations__.items() if name != "OBJECT_NAME"}
    for name in value.keys() - hints.keys():
        yield f"{path}.{name} is not known"
    for name, hint in hints.items():
        if name in value:
            yield from _of_hint(value[name], hint, f"{path}.{name}")
        elif not _may_be_none(hint):
            yield f"{path}.{name} is missing"


def _of_hint(value: object, hint: Any, path: str) -> Iterator[str]:
    origin: Any = get_origin(hint)
    parts = get_args(hint)
    if value is None and not _may_be_none(hint):
        yield f"{path} is null"
    if value is None or hint == Any:
        return
    if origin in (Union, types.UnionType):
        yield from _of_union(value, [part for part in parts if part is not type(None)], path)
    elif origin in _MANY:
        yield from _of_many(value, origin, parts[0], path)
    elif isinstance(hint, ForwardRef):
        yield from _of_class(value, _named(hint), path)
    elif isinstance(hint, type) and issubclass(hint, StripeObject):
        yield from _of_class(value, hint, path)
    elif value not in parts if origin is Literal else type(value) is not (str if hint is Decimal else hint):
        yield f"{path} is {value!r}, not {hint}"


def _of_union(value: object, parts: list[Any], path: str) -> Iterator[str]:
    words = [part for part in parts if get_origin(part) is Literal]
    if words and isinstance(value, str):  # what may be any word in times to come is one of those of today
        yield from _of_hint(value, words[0], path)
        return
    found = [list(_of_hint(value, part, path)) for part in parts]
    if all(found):
        yield from min(found, key=len)


def _of_many(value: object, of_kind: Any, each_hint: Any, path: str) -> Iterator[str]:
    if of_kind is ListObject:
        if not isinstance(value, dict) or value.keys() != {"object", "url", "has_more", "data"}:
            yield f"{path} is no page of a list"
            return
        value, of_kind = value["data"], list
    if not isinstance(value, list if of_kind is list else dict):
        yield f"{path} is {value!r}, not many"
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _of_hint(each, each_hint, f"{path}.{name}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _of_hint(each, each_hint, f"{path}[{index}]")


def _named(hint: ForwardRef) -> type[StripeObject]:
    name = hint.__forward_arg__.removesuffix("Resource")
    found = getattr(stripe, name, None)
    return found if isinstance(found, type) else StripeObject


def _may_be_none(hint: Any) -> bool:
    return hint == Any or type(None) in get_args(hint)
