"""The filter of the queue, as its URL says it."""

from urllib.parse import parse_qs

import pytest

from mailgate.tickets.ticket import State
from store.views.staff_queue import NOBODY, Filter
from webview.queue_filter import Asked, asked_in


def test_a_filter_survives_in_its_url() -> None:
    asked = Asked("closed", "7", "support", "a b&c", "urgent")

    read = asked_in({name: values[0] for name, values in parse_qs(asked.query).items()}, ["support"])

    assert read == asked
    assert read.but(tag="").endswith("desk=support&priority=urgent")


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        ({}, Filter()),
        ({"state": "all"}, Filter(state=None)),
        ({"state": "waiting", "with": "mine"}, Filter(State.WAITING, assignee_id=4)),
        ({"with": "nobody"}, Filter(assignee_id=NOBODY)),
        ({"with": "7", "desk": "support"}, Filter(assignee_id=7, desk="support")),
        ({"with": "0"}, Filter()),
        ({"with": "-1"}, Filter()),
        ({"with": "\u0664"}, Filter()),
        ({"with": "9" * 30}, Filter()),
        ({"desk": "elsewhere", "state": "odd", "priority": "low"}, Filter()),
        ({"tag": " TLS\0 "}, Filter(tag="tls")),
        ({"priority": "urgent"}, Filter(is_urgent=True)),
    ],
)
def test_what_a_filter_leaves_is_what_its_url_says(parts: dict[str, str], left: Filter) -> None:
    assert asked_in(parts, ["support", "billing"]).filter_for(4) == left
