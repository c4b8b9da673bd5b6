"""Whom a message without an envelope is for."""

import pytest

from mailgate.config import Settings
from mailgate.desks import addressed
from mailgate.mail.parse import parse

DESKS, DOMAIN = Settings().desks, Settings().gate.domain
SUPPORT, BILLING, ORDERS = (f"{name}@{DOMAIN}" for name in ("support", "billing", "orders"))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"To: {SUPPORT}", (SUPPORT,)),
        (f"To: Anne <anne@customer.example>\r\nCc: Help <{SUPPORT}>", (SUPPORT,)),
        (f"Cc: {SUPPORT}\r\nTo: {BILLING}", (BILLING, SUPPORT)),
        (f"To: {SUPPORT}\r\nX-Original-To: {ORDERS}\r\nDelivered-To: {BILLING}", (BILLING, ORDERS, SUPPORT)),
        (f"delivered-to: <{BILLING}>\r\nTo: anybody@elsewhere.example", (BILLING,)),
        (f"Delivered-To: postbox-17\r\nDelivered-To: {BILLING}\r\nTo: {SUPPORT}", (BILLING, SUPPORT)),
        (f"Delivered-To: {SUPPORT}\r\nTo: support+x.token@{DOMAIN}", (SUPPORT, f"support+x.token@{DOMAIN}")),
        (f"Delivered-To: {SUPPORT}\r\nTo: {SUPPORT}", (SUPPORT,)),
        ("Delivered-To: bounce+x.token@support.example", ("bounce+x.token@support.example",)),
        ("To: anybody@elsewhere.example", (ORDERS,)),
        ("Delivered-To:\r\nTo: undisclosed-recipients:;", (ORDERS,)),
        ("Subject: nobody at all", (ORDERS,)),
    ],
)
def test_what_the_last_server_wrote_comes_before_what_the_author_wrote(header: str, expected: tuple[str, ...]) -> None:
    message = parse(f"From: Anne <anne@customer.example>\r\n{header}\r\n\r\nIt is broken.\r\n".encode())

    found = addressed(message, DESKS, DOMAIN, otherwise=ORDERS)

    assert tuple(mailbox.address for mailbox in found) == expected


def test_without_a_fallback_it_is_for_nobody() -> None:
    message = parse(b"From: Anne <anne@customer.example>\r\nTo: anybody@elsewhere.example\r\n\r\nIt is broken.\r\n")

    assert addressed(message, DESKS, DOMAIN, otherwise=None) == ()
