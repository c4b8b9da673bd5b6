"""`mailgate search` as scripts rely on it."""

import json
from pathlib import Path

import pytest

from tests.gate import Person
from tests.program import Program, configured

ANNE = Person("Anne Miller", "anne@customer.example")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with Anne as customer 1, and a ticket of hers that is indexed."""
    program = configured(tmp_path / "gate", {})
    program.ask("customer", "add", ANNE.name, ANNE.address)
    raw = ANNE.writes("The disk is full again.", subject="Disk quota")
    taken = program.run("receive", "--sender", ANNE.address, "--recipient", "support@support.example", stdin=raw)
    assert taken.exit_code == 0, taken.stderr
    program.ask("due", "run", "--at", "2100-01-01T00:00:00Z")
    return program


def test_tickets_and_customers_are_found_together_and_by_kind(program: Program) -> None:
    both = program.ask("search", "miller")
    tickets = program.ask("search", "miller", "--kind", "ticket")
    first = program.ask("search", "miller", "--limit", "1")

    assert [(hit["kind"], hit["id"], hit["title"]) for hit in both] == [
        ("ticket", 1, "Disk quota"),
        ("customer", 1, "Anne Miller"),
    ]
    assert set(both[0]) == {"kind", "id", "title", "state", "at", "snippet"}
    assert both[0]["snippet"] == "The disk is full again."
    assert tickets == first == both[:1]


def test_a_number_comes_first_and_a_phrase_is_an_argument_with_blanks(program: Program) -> None:
    assert [(hit["kind"], hit["id"]) for hit in program.ask("search", "#1")] == [("ticket", 1), ("customer", 1)]
    assert len(program.ask("search", "disk is full")) == 1
    assert program.ask("search", "full disk") == []
    assert program.ask("search", "disk", "-again") == []


def test_an_unknown_operator_is_explained_and_nothing_is_searched(program: Program) -> None:
    done = program.run("search", "disk", "statsu:open", "--json")

    assert done.exit_code == 64
    assert json.loads(done.stdout)["error"]["message"] == "“statsu:” is not known; did you mean “status:”?"


def test_the_index_is_made_anew(program: Program) -> None:
    assert program.ask("search", "reindex") == {"indexed": 2}
    assert len(program.ask("search", "disk")) == 1
