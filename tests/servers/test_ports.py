"""Ports for the servers of the tests: nobody gets another's, and whoever asks by number gets it."""

import socket

from tests.servers.process import LOOPBACK, free_port


def test_ports_asked_for_one_after_another_are_all_different() -> None:
    ports = [free_port() for _ in range(150)]

    assert len(set(ports)) == len(ports)


def test_nobody_who_asks_for_any_port_gets_one_that_was_given_away() -> None:
    given = {free_port() for _ in range(150)}

    taken = set()
    others = [socket.create_server((LOOPBACK, 0)) for _ in range(300)]
    for other in others:
        taken.add(other.getsockname()[1])
        other.close()

    assert not given & taken


def test_a_server_takes_the_port_that_it_was_given_and_answers_there() -> None:
    port = free_port()

    with socket.create_server((LOOPBACK, port)), socket.create_connection((LOOPBACK, port), timeout=5) as caller:
        assert caller.getpeername()[1] == port


def test_nobody_answers_at_a_port_that_nobody_has_taken_yet() -> None:
    with socket.socket() as caller:
        assert caller.connect_ex((LOOPBACK, free_port())) != 0
