"""The way a message took, from its Received fields."""

from datetime import UTC, datetime

from mailgate.mail.route import Hop, read_route

MAIL = (
    b"Received: from mx.customer.example (mx.customer.example [192.0.2.1])\r\n"
    b"\tby gate.example with ESMTPS id 4x; Mon, 2 Mar 2026 10:00:05 +0100\r\n"
    b"Received: from laptop (unknown [10.0.0.1]) by mx.customer.example with ESMTPSA id 77;\r\n"
    b"\tMon, 2 Mar 2026 10:00:00 +0100\r\n"
    b"From: anne@customer.example\r\n\r\nHello\r\n"
)


def test_hops_are_told_in_the_order_of_travel_with_their_delay() -> None:
    first, last = read_route(MAIL)

    assert (first.by, first.protocol) == ("mx.customer.example", "ESMTPSA")
    assert last == Hop(
        by="gate.example",
        came_from="mx.customer.example (mx.customer.example [192.0.2.1])",
        protocol="ESMTPS",
        at=datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC),
        delay_seconds=5.0,
    )


def test_no_or_broken_fields_make_no_route_and_no_error() -> None:
    for raw in (b"", b"\0\xff", b"From: x\r\n\r\n", b"Received: \xff\r\nReceived\r\n\r\n", b"Received: by;" * 9000):
        assert all(hop.at is None for hop in read_route(raw))
