"""Outlook's envelope: what is in a `winmail.dat` reaches the ticket, by the same rules as other files."""

from store.engine import reading
from tests.gate import Gate, Person
from tests.mail.test_tnef import enclosing, envelope

TNEF = "application/ms-tnef"


def test_files_in_an_envelope_reach_the_ticket_and_the_staff(gate: Gate, anne: Person, bart: Person) -> None:
    sent = enclosing(("Offer for March.pdf", b"%PDF-1.7 one"), ("trace.log", b"timed out"))

    mail = anne.writes("See the files.", files=[("winmail.dat", TNEF, sent)])

    opened = gate.deliver(mail)

    [entry] = [entry for entry in gate.history(1) if entry.attachments]
    assert [(file.filename, file.size) for file in entry.attachments] == [("Offer for March.pdf", 12), ("trace.log", 9)]
    assert entry.left_out == ()
    carried = list(gate.mailbox(bart)[0].message.iter_attachments())
    assert [part.get_filename() for part in carried] == ["Offer for March.pdf", "trace.log"]
    assert carried[0].get_payload(decode=True) == b"%PDF-1.7 one"
    with reading(gate.parts.engine) as conn:
        assert gate.parts.archive.load(conn, opened.sha256) == mail


def test_a_program_in_an_envelope_is_left_out_and_named(gate: Gate, anne: Person, bart: Person) -> None:
    sent = enclosing(("setup.exe", b"MZ\x90\0\3"), ("note.txt", b"please run it"))

    gate.deliver(anne.writes("See the files.", files=[("winmail.dat", TNEF, sent)]))

    [entry] = [entry for entry in gate.history(1) if entry.attachments]
    assert [file.filename for file in entry.attachments] == ["note.txt"]
    assert [file.name for file in entry.left_out] == ["setup.exe"]
    assert "setup.exe" in gate.mailbox(anne)[0].text


def test_an_envelope_without_files_is_named_as_it_came(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("Hello.", files=[("winmail.dat", TNEF, envelope())]))

    assert [file.name for file in gate.history(1)[-1].left_out] == ["winmail.dat"]


def test_files_in_an_envelope_of_staff_reach_the_customer(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    sent = enclosing(("How to.pdf", b"%PDF-1.7 two"))

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Here it is.", files=[("winmail.dat", TNEF, sent)]))
    gate.later(seconds=60)

    names = [part.get_filename() for part in gate.mailbox(anne)[-1].message.iter_attachments()]
    assert names == ["How to.pdf"]
