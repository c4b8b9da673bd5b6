"""Two demos on one machine: neither takes the other's ports, not even while it begins."""

import socket
from dataclasses import astuple

from mailgate.demo.company import HOST, Ports, UsualPorts, choose_ports, held_ports


def usual(ports: Ports) -> UsualPorts:
    return ports.smtp, ports.lmtp, ports.web, ports.viewer


def test_the_ports_of_a_demo_that_begins_are_not_chosen_by_another() -> None:
    with held_ports((0, 0, 0, 0)) as first, held_ports(usual(first)) as second:
        pass
    third = choose_ports(usual(first))

    assert {*astuple(first)}.isdisjoint(usual(second))
    assert usual(third) == usual(first)


def test_what_is_held_can_be_listened_on_as_soon_as_it_is_not() -> None:
    with held_ports((0, 0, 0, 0)) as ports:
        pass

    for port in usual(ports):
        with socket.create_server((HOST, port)) as listening:
            assert listening.getsockname() == (HOST, port)
