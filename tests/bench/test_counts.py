"""What is counted of a mail's way is exact: the same each time, and seen where it comes from."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bench.conversation import Step, asks
from bench.inline import gate
from bench.journeys import ANSWERS, ASKS, Calls, print_journeys, walk
from bench.letters import PEOPLE
from bench.program import Failed
from bench.run import Run
from bench.statements import ALONE, TOGETHER, Statements, count, print_statements
from mailgate.mail.address import parse_mailbox


def test_the_same_mails_take_the_same_statements(a_run: Run) -> None:
    first = count(replace(a_run, directory=a_run.directory / "first"))
    second = count(replace(a_run, directory=a_run.directory / "second"))

    assert first == second
    assert set(first) == {(what, how) for what in ("opens", "joins") for how in (ALONE, TOGETHER)}


def test_a_statement_is_shown_with_who_says_it_and_who_wants_it(a_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    print_statements(a_run)

    lines = capsys.readouterr().out.splitlines()
    shown = next(number for number, line in enumerate(lines) if "INSERT INTO tickets " in line)
    assert ":open_ticket < mailgate/flows/" in lines[shown - 1]


def test_what_begins_a_transaction_is_no_statement_of_the_mail() -> None:
    engine = create_engine("sqlite://")
    seen = Statements(engine)

    def work() -> None:
        with engine.connect() as conn:
            conn.exec_driver_sql("BEGIN")
            conn.execute(text("SELECT 1"))
            conn.execute(text("SELECT  1"))

    seen(work)
    work()

    assert [(words, number) for (words, _), number in seen.found.items()] == [("SELECT 1", 2)]


def test_the_same_journeys_take_the_same_calls(a_run: Run) -> None:
    first = walk(replace(a_run, directory=a_run.directory / "first"))
    second = walk(replace(a_run, directory=a_run.directory / "second"))

    for journey in (ASKS, ANSWERS):
        assert first[journey].functions == second[journey].functions
        assert first[journey].callers == second[journey].callers


def test_only_functions_of_ours_are_calls() -> None:
    calls = Calls()

    calls(lambda: sorted([parse_mailbox("anne@customer.example")], key=str))
    parse_mailbox("bart@hosting.example")

    assert calls.functions["mailgate/mail/address.py", "parse_mailbox"] == 1
    assert {file for file, _ in calls.functions} == {"mailgate/mail/address.py"}
    assert calls.callers["mailgate/mail/address.py", "outside"] >= 1


def test_journeys_are_shown_file_by_file(a_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    print_journeys(a_run)

    shown = capsys.readouterr().out
    assert f"{ASKS}: " in shown
    assert f"{ANSWERS}: " in shown
    assert "mailgate/mail/parse.py: " in shown


def test_a_step_that_queues_something_else_is_not_counted(tmp_path: Path) -> None:
    with gate(tmp_path) as parts, pytest.raises(Failed, match="acknowledgement"):
        Step(asks(PEOPLE[:1], "one").letters, ("reply",)).take(parts, lambda work: work())
