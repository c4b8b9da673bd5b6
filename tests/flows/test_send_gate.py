"""No mail of ours leaves but through the send gate, and each kind of mail has rules there."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from mailgate.config.settings import UnknownSender
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import FOR_STAFF, SEARCHED, Answers, Audience, Budget, Template, sharing
from mailgate.letters.notice import Notice
from mailgate.outbound.samples import SAMPLES
from mailgate.tickets.ticket import State
from store.desk.tickets import lock
from store.engine import transaction
from store.schema import tickets
from tests.gate import BeginGate, Gate, Person

ROOT = Path(__file__).parents[2]
GATE = "mailgate/flows/post/notify.py"
TABLE = "store/post/outbox.py"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the program with its name in the repository."""
    for folder in ("mailgate", "store", "workers", "webview"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def is_add(call: ast.Call) -> bool:
    """`outbox.add(…)`, however the module is named there."""
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr == "add" and "outbox" in ast.unparse(function.value)


def test_the_outbox_is_added_to_by_the_gate_alone() -> None:
    adding = {name for name, tree in modules() if any(is_add(call) for call in calls(tree))}

    assert adding == {GATE}


def test_nobody_takes_the_function_apart_from_its_module() -> None:
    taken = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "store.post.outbox"
        and any(one.name == "add" for one in node.names)
    }

    assert taken == set()


def test_no_other_module_inserts_rows_of_the_outbox() -> None:
    inserting = {
        name
        for name, tree in modules()
        for call in calls(tree)
        if isinstance(call.func, ast.Name | ast.Attribute)
        and ast.unparse(call.func).rpartition(".")[2] in ("insert", "insert_once")
        and any("outbox" in ast.unparse(argument) for argument in call.args)
    }

    assert inserting <= {TABLE}


@pytest.mark.parametrize("template", Template)
def test_the_rules_of_a_kind_agree_with_each_other(template: Template) -> None:
    kind = template.kind

    if kind.audience is Audience.AUTHOR:
        assert kind.answers is Answers.WILLING
    if not kind.is_for_staff and kind.answers is not Answers.NOTHING:
        assert kind.budget is not None, "a stranger's program could make us send it without end"
    if kind.must_arrive or kind.own_words or kind.carries_entry:
        assert kind.audience is Audience.READERS
    if kind.carries_words or kind.gives_back or kind.names_others:
        assert kind.is_for_staff
    if kind.audience in (Audience.READERS, Audience.CONTACTS, Audience.ASKED):
        assert kind.roles


def test_nobody_finds_what_is_for_staff_alone() -> None:
    assert not FOR_STAFF & SEARCHED


def test_each_budget_has_its_templates() -> None:
    assert {budget: set(sharing(budget)) for budget in Budget} == {
        Budget.ANSWERS: {Template.ACKNOWLEDGEMENT, Template.LEFT_OUT, Template.HELD, Template.PAY_HERE},
        Budget.LINKS: {Template.SIGN_IN},
        Budget.COMMANDS: {Template.RECEIPT, Template.COPY, Template.PROPOSAL},
        Budget.QUESTIONS: {Template.CONFIRM},
    }


def notice(template: Template, to: str, *, ticket_id: int | None = 1, customer_id: int | None = 1) -> Notice:
    """A mail of this template to somebody, about Anne's ticket unless it says otherwise."""
    return Notice(
        template=template,
        to_address=to,
        to_name="",
        from_name="Example Hosting",
        from_address="support@support.example",
        values=SAMPLES[template][0],
        ticket_id=ticket_id,
        customer_id=customer_id,
    )


def passes(gate: Gate, wanted: Notice) -> bool:
    """The gate lets it through, when no mail called for it."""
    with transaction(gate.parts.engine) as conn:
        if wanted.ticket_id is not None:
            lock(conn, (wanted.ticket_id,))
        act = Act.begin(conn, gate.parts.settings, gate.now)
        notify(act, [wanted], cause=None)
        return bool(act.outgoing)


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize(
    "address", ["support@support.example", "bounce+x@support.example", "postmaster@support.example"]
)
def test_no_mail_goes_to_an_address_of_ours(gate: Gate, anne: Person, template: Template, address: str) -> None:
    gate.deliver(anne.writes("It is broken."))

    assert not passes(gate, notice(template, address))


def test_mail_about_a_ticket_goes_to_nobody_else(gate: Gate, anne: Person, cris: Person) -> None:
    dora = gate.customer("Dora Dean", "dora@other.example")
    gate.deliver(anne.writes("It is broken."))

    assert not passes(gate, notice(Template.REPLY, cris.address))
    assert not passes(gate, notice(Template.REPLY, dora.address))
    assert not passes(gate, notice(Template.REPLY, dora.address, customer_id=None))


@pytest.mark.parametrize(
    ("template", "state"),
    [
        (Template.CLOSED, State.CLOSED),
        (Template.AUTOCLOSE_WARNING, State.ANSWERED),
        (Template.AUTOCLOSED, State.CLOSED),
    ],
)
def test_a_stranger_gets_no_word_back_that_may_not_be_his(
    begin: BeginGate, cris: Person, template: Template, state: State
) -> None:
    gate = begin(desk_rules={"unknown_sender": UnknownSender.OPEN})
    gate.deliver(cris.writes("Buy this.", subject="Cheap pills"))
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(tickets).values(state=state, warned_at=gate.now))
    wanted = replace(
        notice(template, cris.address, customer_id=None), values={**SAMPLES[template][0], "subject": "Pills"}
    )

    assert passes(gate, wanted)
    gate.work()

    assert "pills" not in gate.mailbox(cris)[-1].raw.decode().lower()
    assert gate.mailbox(cris)[-1].subject.startswith("Re: Ticket 1 [#")
