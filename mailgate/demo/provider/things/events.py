"""Events: what has happened, for who asks afterwards."""

import json

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object

_KEPT_SECONDS = 30 * 86_400


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/events/ID"""
    fields.only()
    return whole(state.find("event", ident))


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/events: of thirty days, and of some types perhaps."""
    fields.only("type", "types", "delivery_success", *lists.PAGE_FIELDS)
    kind, kinds = fields.text("type"), fields.texts("types")
    oldest = state.now - _KEPT_SECONDS
    found = [
        one
        for one in state.all("event")
        if one["created"] >= oldest and kind in (None, one["type"]) and (not kinds or one["type"] in kinds)
    ]
    page = lists.page(found, fields, "/v1/events")
    return {**page, "data": [whole(event) for event in page["data"]]}


def whole(event: Object) -> Object:
    """An event as it is answered: with what it is about, as that was then."""
    return {**event, "data": json.loads(event["data"])}
