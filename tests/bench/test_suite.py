"""The benchmarks run at all, and say how a figure stands to its goal."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.burst import burst
from bench.letters import Letter, large, load, mix, plain, save
from bench.pages import pages
from bench.program import PATIENCE_SECONDS
from bench.report import table
from bench.results import Goal, Result, Turns, Verdict, left_out
from bench.run import Run
from mailgate.mail.address import Mailbox
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import from_rule


def test_a_quick_run_measures_the_parts_that_it_is_asked_for(tmp_path: Path) -> None:
    output = tmp_path / "quick.json"
    parts = ("statements", "journeys", "parse", "money", "accept", "outbound")
    options = ["--quick", "--offline", "--output", str(output), *(f"--only={name}" for name in parts)]

    done = subprocess.run(
        [sys.executable, "-m", "bench", *options], capture_output=True, text=True, check=False, timeout=300
    )

    assert done.returncode == 0, done.stderr
    report = json.loads(output.read_text())
    assert {result["part"] for result in report["results"]} == set(parts)
    assert not [result for result in report["results"] if result["value"] is None]
    assert {"cores", "cpu", "python"} <= report["machine"].keys()
    assert "LMTP, 1 connection" in done.stdout


def test_the_tail_of_a_page_stands_beside_that_of_the_bare_page(a_run: Run) -> None:
    tails = [one for one in pages(a_run) if one.what.startswith("p99 ")]

    assert [one.what for one in tails] == ["p99 idle", "p99 while 50 mails a second come in"]
    for one in tails:
        assert one.details["ours"] == [pytest.approx(one.value, abs=0.001)]
        assert isinstance(one.details["bare"], list)
        assert len(one.details["bare"]) == 1


def test_a_burst_is_timed_from_its_last_acceptance(a_run: Run) -> None:
    (result,) = burst(a_run)

    assert result.what == "200 mails, settled after the last 250"
    assert result.value is not None
    assert 0 <= result.value < PATIENCE_SECONDS


def test_what_stays_at_most_at_its_goal_has_reached_it() -> None:
    at_most = Goal(45, 45)

    assert [at_most.verdict(files) for files in (44, 45, 46)] == [Verdict.GOAL, Verdict.GOAL, Verdict.BELOW]


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (0.9, Goal(0.85, 0.65), Verdict.GOAL),
        (0.85, Goal(0.85, 0.65), Verdict.GOAL),
        (0.7, Goal(0.85, 0.65), Verdict.FLOOR),
        (0.6, Goal(0.85, 0.65), Verdict.BELOW),
        (0.1, Goal(0.1, 0.3), Verdict.GOAL),
        (0.2, Goal(0.1, 0.3), Verdict.FLOOR),
        (0.4, Goal(0.1, 0.3), Verdict.BELOW),
    ],
)
def test_a_verdict_knows_whether_more_or_less_is_wanted(value: float, goal: Goal, verdict: Verdict) -> None:
    assert Result("part", "what", "measured", value, goal).verdict is verdict


def test_the_ratio_is_of_neighbours_in_time() -> None:
    disturbed = Turns(ours=[10, 1, 10], bare=[20, 2, 20])

    assert disturbed.ratio == 0.5


def test_who_comes_first_takes_turns(a_run: Run) -> None:
    run = replace(a_run, rounds=3)
    order: list[str] = []

    def ours(_number: int) -> float:
        order.append("ours")
        return 1.0

    def bare(_number: int) -> float:
        order.append("bare")
        return 2.0

    turns = run.in_turns(ours, bare)

    assert order == ["ours", "bare", "bare", "ours", "ours", "bare"]
    assert turns.ratio == 0.5


def test_what_could_not_be_measured_is_a_line_of_the_table() -> None:
    shown = table([left_out("pages", "page of 50 rows", "the web view is not there yet")])

    assert "pages: page of 50 rows" in shown
    assert "left out: the web view is not there yet" in shown


@pytest.mark.parametrize("letters", [plain(20, "a"), mix(100, "a"), [large(100_000)]])
def test_letters_are_well_formed(letters: list[Letter]) -> None:
    for letter in letters:
        message = parse(letter.raw)

        assert not message.defects
        assert message.text
        assert isinstance(from_rule(letter.raw), Mailbox)
        assert b"\n" not in letter.raw.replace(b"\r\n", b"")


def test_letters_are_unique_and_the_same_for_a_seed() -> None:
    some = mix(200, "a")

    assert some == mix(200, "a")
    assert len({letter.raw for letter in (*some, *mix(200, "b"), *plain(200, "c"))}) == 600


def test_replies_of_a_mix_answer_mails_of_the_same_author() -> None:
    messages = [parse(letter.raw) for letter in mix(400, "a")]
    authors = {message.message_id: message.author for message in messages}

    replies = [message for message in messages if message.in_reply_to]
    assert len(replies) > 100
    assert all(authors[reply.in_reply_to[0]] == reply.author for reply in replies)


def test_a_large_letter_has_nearly_the_size_asked_for() -> None:
    assert 0.97 * 1_000_000 < len(large(1_000_000).raw) <= 1_000_000


def test_the_file_for_the_client_keeps_every_byte(tmp_path: Path) -> None:
    letters = mix(20, "a")

    save(letters, tmp_path / "mails")

    assert list(load(tmp_path / "mails")) == letters
