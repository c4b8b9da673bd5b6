"""Which recipient opens which ticket."""

import pytest

from mailgate.config import Settings
from mailgate.desks import Desk, ServiceMailbox, desk_for, is_ours, service_for
from tests.config.conftest import Loader

DESKS = Settings().desks
DOMAIN = "support.example"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("support@support.example", "support"),
        ("Support@SUPPORT.example", "support"),
        ("billing+t.1042.x7@support.example", "billing"),
        ("support@other.example", None),
        ("supporter@support.example", None),
        ("bounce@support.example", None),
        ("support", None),
        ("", None),
        ("support@support.example\n", None),
    ],
)
def test_desk_is_found_whatever_the_detail_and_case(address: str, name: str | None) -> None:
    desk = desk_for(address, DESKS)

    assert (desk.name if desk else None) == name


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("bounce+o.17.x@support.example", ServiceMailbox.BOUNCE),
        ("Sign-In@support.example", ServiceMailbox.SIGN_IN),
        ("POSTMASTER@support.example", ServiceMailbox.POSTMASTER),
        ("Postmaster", ServiceMailbox.POSTMASTER),
        ("abuse@support.example", ServiceMailbox.ABUSE),
        ("abuse", None),
        ("postmaster@other.example", None),
        ("support@support.example", None),
    ],
)
def test_service_mailboxes_are_known_at_the_own_domain(address: str, service: ServiceMailbox | None) -> None:
    assert service_for(address, DOMAIN) is service
    assert is_ours(address, DESKS, DOMAIN) is (service is not None or desk_for(address, DESKS) is not None)


@pytest.mark.parametrize("address", ["anne@customer.example", "support@other.example", "info@support.example", "@", ""])
def test_other_addresses_are_not_ours(address: str) -> None:
    assert not is_ours(address, DESKS, DOMAIN)


def test_desks_without_a_domain_are_at_the_gate_s_own(loaded: Loader) -> None:
    settings = loaded('gate.domain = "help.acme.test"\n[[desk]]\nname = "Help"\naddress = "help@"')

    assert [(desk.name, desk.mailbox.address) for desk in settings.desks] == [("Help", "help@help.acme.test")]


def test_default_desks_follow_the_domain(loaded: Loader) -> None:
    settings = loaded('gate.domain = "help.acme.test"')

    assert [desk.mailbox.address for desk in settings.desks][:2] == ["support@help.acme.test", "billing@help.acme.test"]


def test_desk_may_be_at_another_domain_and_even_be_postmaster(loaded: Loader) -> None:
    settings = loaded(
        """
        [[desk]]
        name = "sales"
        address = "bounce@acme.test"
        [[desk]]
        name = "post"
        address = "postmaster@"
        """
    )

    assert desk_for("bounce+x@acme.test", settings.desks) == settings.desks[0]
    assert isinstance(desk_for("postmaster@support.example", settings.desks), Desk)
