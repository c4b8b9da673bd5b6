"""What a template is filled with is read by the template alone: whoever else wants to know something has a field."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import REPLY_TO
from tests.letters.test_letter import TO_ANNE

ROOT = Path(__file__).parents[2]

OPENED_BY = {
    "mailgate/letters/letter.py",  # writes them, and takes words out of them
    "mailgate/letters/notice.py",  # puts its secrets among them
    "mailgate/outbound/compose.py",  # hands them to the template
}
"""The modules that may look at `Notice.values`."""

OTHERS = {
    "mailgate/billing/catalogue/checks.py": {"findings.document"},
    "mailgate/billing/catalogue/findings.py": {"self.document", "self.document.positions"},
    "mailgate/billing/catalogue/reading.py": {"document"},
    "mailgate/billing/payment/table/table_map.py": {"document"},
    "mailgate/commands/fields.py": {"given", "error"},
    "mailgate/commands/grammar.py": {"given", "error"},
    "mailgate/commands/misread.py": {"self", "one"},
    "mailgate/commands/numbered.py": {"error"},
    "mailgate/toml_text/document.py": {"self.positions"},
    "mailgate/toml_text/positions.py": {"self", "scan"},
    "mailgate/config/reading.py": {"self.document"},
    "mailgate/config/shipped.py": {"find_positions(text)"},
    "mailgate/confirmation/question.py": {"self"},
    "mailgate/flows/client/confirmed.py": {"asked"},
    "mailgate/flows/client/money/paying.py": {"asked"},
    "mailgate/flows/staff/money.py": {"asked"},
    "mailgate/flows/client/customer_command.py": {"misread", "one"},
    "mailgate/flows/confirm/ask.py": {"request"},
    "mailgate/flows/confirm/trail.py": {"asked"},
    "mailgate/flows/post/composed.py": {"file"},
    "mailgate/flows/staff/account.py": {"asked"},
    "mailgate/flows/staff/answer/refusal.py": {"too_many"},
}
"""What has `values` and is no notice: of commands, settings, questions, files, headers. New ones are entered here."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the program but the migrations, which know rows of before."""
    for folder in ("mailgate", "store", "workers", "webview"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def owners_of_values(tree: ast.Module) -> Iterator[str]:
    """What a module takes `.values` of without calling it, as a mapping's or a statement's is called."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "values" and id(node) not in called:
            yield ast.unparse(node.value)


def takes_values_of_a_stored_one(node: ast.AST) -> bool:
    """`…["values"]` or `….get("values")`: of a notice as its row has it."""
    match node:
        case ast.Subscript(slice=ast.Constant(value="values")):
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value="values"), *_]):
            return True
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value="values"), *_]):
            return True
    return False


def test_nobody_else_looks_at_what_a_template_is_filled_with() -> None:
    looking = {
        (name, owner)
        for name, tree in modules()
        if name not in OPENED_BY
        for owner in owners_of_values(tree)
        if owner not in OTHERS.get(name, ())
    }

    assert looking == set()


def test_nobody_looks_at_it_in_a_row() -> None:
    looking = {name for name, tree in modules() if any(map(takes_values_of_a_stored_one, ast.walk(tree)))}

    assert looking == set()


@pytest.mark.parametrize(
    "line",
    [
        'subject = row.notice.values["subject"]',
        'subject = notice.values.get("subject")',
        "values = dict(told.values)",
        "for name in notice.values: pass",
    ],
)
def test_a_look_is_seen(line: str) -> None:
    assert list(owners_of_values(ast.parse(line)))


@pytest.mark.parametrize("line", ['row.notice["values"]', 'stored.get("values", {})', 'getattr(notice, "values")'])
def test_a_look_into_a_row_is_seen(line: str) -> None:
    assert any(map(takes_values_of_a_stored_one, ast.walk(ast.parse(line))))


def test_a_mail_is_written_by_letter_alone() -> None:
    writing = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Notice"
    }

    assert writing == {
        "mailgate/letters/letter.py",
        "mailgate/cli/template.py",  # of samples, to be looked at
        "store/post/notices.py",  # read back from its row
        "store/keeping/erasure.py",  # what is left of one that was erased
    }


def test_the_lists_name_what_is_there() -> None:
    found = {name: set(owners_of_values(tree)) for name, tree in modules()}

    assert {name for name in OPENED_BY if not found.get(name)} == set()
    assert {(name, one) for name, others in OTHERS.items() for one in others - found.get(name, set())} == set()


def test_secrets_are_among_the_values_of_what_is_sent_and_expired_in_what_is_kept() -> None:
    notice = letter(Template.SIGN_IN, TO_ANNE, {"has_code": False}, secret={"link": "https://x", REPLY_TO: "k@y"})

    sent, kept = notice.as_sent(), notice.as_kept("[gone]")

    assert (sent.values["link"], sent.reply_to) == ("https://x", "k@y")
    assert (kept.values["link"], kept.values[REPLY_TO], kept.reply_to) == ("[gone]", "[gone]", TO_ANNE.own_address)
