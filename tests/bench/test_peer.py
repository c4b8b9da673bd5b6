"""A peer stands beside ours with figures of the same run, or with the reason why it has none."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.helpdesk import NAME, Helpdesk
from bench.letters import mix
from bench.peer import HOME, Unavailable, interpreter
from bench.results import Verdict
from bench.run import Run
from bench.tickets import tickets


def test_mail_to_ticket_without_the_peer_says_so_and_has_no_ratio(a_run: Run) -> None:
    (result,) = tickets(a_run)

    assert f"no ratio: {NAME} is not installed" in result.measured
    assert result.value is None
    assert result.verdict is Verdict.NONE


def test_an_environment_that_could_not_be_filled_is_not_taken_for_a_peer(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("./no-such-package\n")

    for _attempt in range(2):
        with pytest.raises(Unavailable, match=r"could not be installed: .*no-such-package"):
            interpreter(tmp_path / "home", lock)

    with pytest.raises(Unavailable, match="is not installed"):
        interpreter(tmp_path / "home", lock, install=False)


def test_an_environment_of_an_older_lock_is_made_anew(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("# nothing\n")
    python = interpreter(tmp_path / "home", lock)
    (tmp_path / "home" / "left-over").touch()

    again = interpreter(tmp_path / "home", lock)
    assert (tmp_path / "home" / "left-over").exists()
    lock.write_text("# nothing more\n")
    anew = interpreter(tmp_path / "home", lock)

    assert python == again == anew
    assert python.exists()
    assert not (tmp_path / "home" / "left-over").exists()


@pytest.mark.skipif(not (HOME / NAME).exists(), reason="not installed; `make bench` does so")
def test_the_peer_makes_its_tickets_of_our_letters(a_run: Run) -> None:
    peer = Helpdesk(replace(a_run, peers=HOME))

    assert peer.rate(mix(10, "warm"), mix(60, "measured")) > 0
