"""Which address means which desk, and which addresses are ours."""

import pytest

from mailgate.desks import Desk, ServiceMailbox, desk_for, desk_named, is_ours, service_for
from mailgate.mail.address import parse_mailbox

DOMAIN = "in.example"
SUPPORT = Desk("support", parse_mailbox("support@in.example"))
BILLING = Desk("billing", parse_mailbox("Billing@pay.example"))
DESKS = (SUPPORT, BILLING)


@pytest.mark.parametrize(
    ("address", "desk"),
    [
        ("support@in.example", SUPPORT),
        ("SUPPORT@IN.Example", SUPPORT),
        ("support+k3v9@in.example", SUPPORT),
        ("billing@pay.example", BILLING),
        ("billing@in.example", None),
        ("support@in.example.evil.example", None),
        ("xsupport@in.example", None),
        ("support", None),
        ("postmaster@in.example", None),
        ('"support"@in.example', None),
        ("support@in.example\r\nRCPT TO:<c@d.example>", None),
        ("", None),
    ],
)
def test_an_address_means_a_desk_or_none(address: str, desk: Desk | None) -> None:
    assert desk_for(address, DESKS) is desk


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("bounce@in.example", ServiceMailbox.BOUNCE),
        ("Bounce+abc@IN.EXAMPLE", ServiceMailbox.BOUNCE),
        ("sign-in@in.example", ServiceMailbox.SIGN_IN),
        ("postmaster@in.example", ServiceMailbox.POSTMASTER),
        ("POSTMASTER", ServiceMailbox.POSTMASTER),
        ("abuse@in.example", ServiceMailbox.ABUSE),
        ("abuse", None),
        ("bounce@pay.example", None),
        ("bounce@evil.example", None),
        ("nobody@in.example", None),
    ],
)
def test_an_address_means_a_service_or_none(address: str, service: ServiceMailbox | None) -> None:
    assert service_for(address, DOMAIN) is service


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("support+token@in.example", True),
        ("bounce+token@in.example", True),
        ("postmaster", True),
        ("nobody@in.example", False),
        ("anne@customer.example", False),
    ],
)
def test_ours_are_desks_and_services(address: str, ours: bool) -> None:
    assert is_ours(address, DESKS, DOMAIN) is ours


def test_a_desk_that_the_settings_no_longer_have_is_the_first_one() -> None:
    assert desk_named("billing", DESKS) is BILLING
    assert desk_named("sales", DESKS) is SUPPORT
