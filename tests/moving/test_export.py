"""What a customer takes along is what the pages show him, whatever happened: no note, no Bcc, nobody else's words."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.flows.moving.export import Exported, export
from mailgate.mail.blind_copies import without_bcc
from mailgate.tickets.events import EVENTS
from store import people, people_edits
from store.engine import reading, transaction
from store.views import customer_mails, customer_tickets, visitors
from store.views.paging import Turn
from tests.gate import IN_ENGLISH, SUPPORT, Gate, Person, begin_gate
from tests.moving.mailbox import BART, letter, mbox, move_in
from tests.tickets.trail import SECRET as SECRET_VALUE
from tests.tickets.trail import let_everything_happen

SECRET = "Qwertz-4711"
"""In whatever the customer must never see."""


def write(gate: Gate, path: Path, customer_id: int = 1) -> Exported:
    parts = gate.parts
    with reading(parts.engine) as conn:
        customer, visitor = people.find_customer(conn, customer_id), visitors.owner(conn, customer_id)
        assert customer is not None
        assert visitor is not None
        return export(conn, parts.archive, customer, visitor, path, tell=IN_ENGLISH, progress=lambda *_: None)


def read(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The JSON files and all others."""
    with ZipFile(path) as file:
        found = {name: file.read(name) for name in file.namelist()}
    told = {name: json.loads(content) for name, content in found.items() if name.endswith(".json")}
    return told, {name: content for name, content in found.items() if name not in told}


def test_mails_and_files_go_along_as_they_came(gate: Gate, bart: Person, anne: Person, tmp_path: Path) -> None:
    raw = anne.writes("It is broken.", files=[("../../screen.png", "image/png", b"\x89PNG")])
    gate.deliver(raw)
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Repaired."))

    done = write(gate, tmp_path / "anne.zip")

    told, rest = read(tmp_path / "anne.zip")
    first, answer = [entry for entry in told["tickets/1.json"]["entries"] if entry["kind"] == "message"]
    assert rest[first["mail"]] == raw
    assert rest[first["files"][0]["file"]] == b"\x89PNG"
    assert (answer["text"].strip(), answer["from_us"], answer["mail"]) == ("Repaired.", True, None)
    assert {rest[mail["mail"]] for mail in told["mails.json"]} == {mail.raw for mail in gate.mailbox(anne)}
    assert all(".." not in name and name.count("/") <= 2 for name in rest)
    assert (done.tickets, done.mails, done.files) == (1, 3, 1)


def test_the_file_is_private_and_never_written_over(gate: Gate, anne: Person, tmp_path: Path) -> None:
    path = tmp_path / "anne.zip"
    write(gate, path)

    with pytest.raises(FileExistsError):
        write(gate, path)

    assert path.stat().st_mode & 0o777 == 0o600


def test_blind_copies_are_nobodys(gate: Gate, bart: Person, anne: Person, tmp_path: Path) -> None:
    blind = {"Bcc": f"Other <{SECRET}@other.example>,\r\n <two@other.example>"}
    gate.deliver(anne.writes("Hello.").replace(b"Subject:", f"Bcc: {blind['Bcc']}\r\nSubject:".encode(), 1))

    write(gate, tmp_path / "anne.zip")

    _, rest = read(tmp_path / "anne.zip")
    assert all(SECRET.encode() not in content and b"two@other" not in content for content in rest.values())


def test_a_removed_customer_still_takes_all_along(gate: Gate, bart: Person, anne: Person, tmp_path: Path) -> None:
    gate.deliver(anne.writes("It is broken."))
    with transaction(gate.parts.engine) as conn:
        people_edits.remove_customer(conn, 1, now=gate.now)

    done = write(gate, tmp_path / "anne.zip")

    assert done.tickets == 1


def test_history_that_was_moved_in_goes_along_without_what_was_written_aside(
    gate: Gate, bart: Person, anne: Person, tmp_path: Path
) -> None:
    answer = letter(2, author=BART, to="anne@customer.example", answers=(1,), text="Repaired.")
    aside = letter(3, author=BART, to="Dora <dora@old.example>", answers=(1,), text=SECRET)
    move_in(gate, mbox(tmp_path / "old", letter(1), answer, aside), ours=["@old.example"])

    write(gate, tmp_path / "anne.zip")

    told, rest = read(tmp_path / "anne.zip")
    texts = [entry["text"] for entry in told["tickets/1.json"]["entries"] if entry["kind"] == "message"]
    assert texts == ["This is mail 1.", "Repaired."]
    assert len(rest) == 2
    assert SECRET not in str(told)
    assert all(SECRET.encode() not in content for content in rest.values())


def test_what_happened_goes_along_as_values_and_as_words_but_for_what_staff_alone_may_read(
    gate: Gate, bart: Person, anne: Person, tmp_path: Path
) -> None:
    gate.deliver(anne.writes("It is broken."))
    lines = let_everything_happen(gate, 1, "<b>")

    write(gate, tmp_path / "anne.zip")

    told, _ = read(tmp_path / "anne.zip")
    events = [entry for entry in told["tickets/1.json"]["entries"] if entry["kind"] == "event"]
    assert {entry["id"] for entry in events} == {lines[event] for event, line in EVENTS.items() if line.for_customers}
    lost = next(entry for entry in events if entry["event"] == "undelivered")
    assert (lost["details"], lost["text"]) == ({"mail": 7, "to": "open <b>"}, "mail 7 to open <b> was not delivered")
    assert SECRET_VALUE not in str(told)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_only_the_header_loses_its_blind_copies(end: bytes) -> None:
    lines = [
        b"bcc: a@b.example,",
        b" c@d.example",
        b"From: x@y.example",
        b"RESENT-BCC : e@f.example",
        b"",
        b"Bcc: stays",
    ]

    assert without_bcc(end.join(lines)) == end.join([b"From: x@y.example", b"", b"Bcc: stays"])


STEPS = st.lists(
    st.sampled_from(["anne writes", "anne replies", "bart replies", "bart notes", "bart closes", "dora writes"]),
    max_size=7,
)


@settings(max_examples=12)
@given(STEPS)
def test_whatever_happens_the_file_holds_what_the_pages_show_and_no_more(steps: Sequence[str]) -> None:
    with TemporaryDirectory() as place, begin_gate(Path(place)) as gate:
        anne, dora = gate.customer("Anne", "anne@customer.example"), gate.customer(SECRET, "dora@other.example")
        bart = gate.staff("Bart", "bart@hosting.example")
        for number, step in enumerate(["anne writes", *steps]):
            gate.now += gate.now.resolution * 1_000_000
            told = [mail for mail in gate.mailbox(bart) if f"From Dora {SECRET}" not in mail.text]
            match step:
                case "anne writes":
                    gate.deliver(anne.writes(f"Words {number}", subject=f"Matter {number}"))
                case "anne replies":
                    gate.deliver(anne.replies(gate.mailbox(anne)[-1], f"Words {number}"))
                case "bart replies":
                    gate.deliver(bart.replies(told[-1], f"Answer {number}"))
                case "bart notes":
                    gate.deliver(bart.replies(told[-1], f"!note\n{SECRET} {number}"))
                case "bart closes":
                    gate.deliver(bart.replies(told[-1], "!close"))
                case _:
                    gate.deliver(dora.writes(f"From Dora {SECRET}", to=SUPPORT, subject=SECRET))
            gate.later(seconds=90)

        write(gate, Path(place) / "anne.zip")

        files, rest = read(Path(place) / "anne.zip")
        with reading(gate.parts.engine) as conn:
            visitor = visitors.contact(conn, 1)
            assert visitor is not None
            lines = customer_tickets.listing(conn, visitor, state=None, turn=Turn()).rows
            shown = {}
            for line in lines:
                head = customer_tickets.find(conn, visitor, line.id)
                assert head is not None
                shown[line.id] = [(e.id, e.text) for e in customer_tickets.thread(conn, head, Turn(), IN_ENGLISH).rows]
            mails = {mail.id for mail in customer_mails.listing(conn, visitor, Turn()).rows}
        taken = {
            file["id"]: [(e["id"], e["text"]) for e in file["entries"]]
            for name, file in files.items()
            if name.startswith("tickets/")
        }
        assert taken == shown
        assert {mail["id"] for mail in files["mails.json"]} == mails
        assert SECRET not in json.dumps(files)
        assert all(SECRET.encode() not in content for content in rest.values())
