"""A forgotten customer: no word, name or address of his is left, and all that is others' stays."""

import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert, select, update

from mailgate.errors import SpoolUnavailable
from mailgate.flows.indexing import index_all
from mailgate.flows.moving.forget import AlreadyForgotten, MustBeKept, documents_to_keep, forget
from mailgate.mail.disposition import Disposition
from mailgate.tickets.events import line_of
from mailgate.tickets.ticket import Event, State
from store import people, people_edits
from store.archive import INLINE_BYTES
from store.archive.erased import WHILE
from store.desk import tickets
from store.engine import reading, transaction
from store.keeping import erasure_log
from store.keeping.erasure import Erased, measure
from store.post import senders, spool
from store.post.outbox import OutState
from store.schema import askees, confirmations, erased_blobs, erasures, metadata, search_documents
from tests.gate import Gate, Person
from tests.made_files import Printer, send_statement, with_printer
from tests.tickets.trail import let_everything_happen

WORDS = "Grommets-7781"
SECRETS = ("anne@customer.example", "Anne Miller", WORDS, "plan-5512.pdf", "bob@partner.example", "ivo@partner.example")


@pytest.fixture
def story(gate: Gate, bart: Person, anne: Person, cris: Person) -> Gate:
    """Anne's ticket with files, answers, a note, a question; a held mail of hers; Dora's ticket; a stranger's mail."""
    dora = gate.customer("Dora Hall", "dora@other.example")
    gate.deliver(anne.writes(WORDS, files=[("plan-5512.pdf", "application/pdf", b"%PDF " + WORDS.encode())]))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], f"About {WORDS}: done."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], f"!note\n{WORDS} again"))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "!add bob@partner.example"))
    gate.deliver(dora.writes("Something of Dora's."))
    gate.deliver(anne.replies(gate.mailbox(dora)[0], f"Is this mine? {WORDS}", subject="Re: [#2]"))
    gate.deliver(cris.writes("Hello."))
    gate.later(hours=2)
    with transaction(gate.parts.engine) as conn:
        senders.allow(conn, anne.address, by="Bart", now=gate.now)
        own_words = json.dumps([{"says": "said", "given": {"words": "ivo@partner.example"}}])
        conn.execute(
            insert(askees).values(
                confirmation_id=1, address="ivo@partner.example", statement=own_words, nonce_sha256="0", returned=False
            )
        )
    return gate


def run(gate: Gate, customer_id: int = 1) -> Erased:
    """Forget a customer."""
    parts = gate.parts
    with reading(parts.engine) as conn:
        customer = people.find_customer(conn, customer_id)
    assert customer is not None
    return forget(
        parts.engine,
        parts.archive,
        customer,
        log_beside=parts.settings.store.archive,
        by="root",
        now=gate.now,
        obstacles=documents_to_keep(10, gate.now.date()),
    )


def everything(gate: Gate) -> str:
    """All that stands in the store, as text."""
    with reading(gate.parts.engine) as conn:
        return "\n".join(repr(row) for table in metadata.sorted_tables for row in conn.execute(select(table)))


def test_nothing_of_the_customer_is_left_and_all_of_others_stays(story: Gate) -> None:
    before = everything(story)

    run(story)

    after = everything(story)
    assert all(secret in before for secret in SECRETS)
    assert [secret for secret in SECRETS if secret.lower() in after.lower()] == []
    assert after.count("Something of Dora") == before.count("Something of Dora")
    assert after.count("dora@other.example") >= 3
    assert "cris@stranger.example" in after


def test_no_value_of_an_event_names_the_customer(story: Gate) -> None:
    mine = let_everything_happen(story, 1, "Anne Miller <anne@customer.example>")
    named = let_everything_happen(story, 2, "anne@customer.example")
    with transaction(story.parts.engine) as conn:
        tickets.lock(conn, (2,))
        stays = tickets.find(conn, 2)
        assert stays is not None
        tickets.append(conn, stays, line_of(Event.MERGED, other=7), event=Event.MERGED, now=story.now)
    before = everything(story)

    run(story)

    after = everything(story)
    values = {entry.id: entry.details for number in (1, 2) for entry in story.history(number)}
    assert before.count("anne@customer.example") > 30
    assert [secret for secret in SECRETS if secret.lower() in after.lower()] == []
    assert [values[entry] for entry in mine.values()] == [None] * len(mine)
    assert not any("anne" in str(values[entry]) for entry in named.values())
    assert story.events(2)[-1] == (Event.MERGED, "mailgate", {"other": 7})


def test_a_question_of_someone_forgotten_is_open_no_more(story: Gate) -> None:
    run(story)

    with reading(story.parts.engine) as conn:
        rows = conn.execute(select(confirmations.c.state, confirmations.c.statement)).all()
    story.later(hours=80)
    assert [tuple(row) for row in rows] == [("expired", [])]


def test_files_made_for_the_customer_go_unless_somebody_else_got_the_same(story: Gate) -> None:
    with_printer(story, Printer())
    for ticket, number in ((1, 7), (1, 8), (2, 8)):
        send_statement(story, number, ticket=ticket)
        story.work()
    unmade = send_statement(story, 9)

    run(story)

    with reading(story.parts.engine) as conn:
        left = story.parts.archive.sizes(conn, [digest_of(number) for number in (7, 8, 9)])
    assert list(left) == [digest_of(8)]
    assert "statement-9" not in everything(story)
    assert next(row.state for row in story.outbox() if row.id == unmade) is OutState.CANCELLED


def digest_of(number: int) -> str:
    """Of the statement with this number."""
    return hashlib.sha256(f"%PDF statement {number}".encode()).hexdigest()


def test_no_word_of_the_customer_is_left_in_the_index(story: Gate) -> None:
    index_all(story.parts.engine)
    with reading(story.parts.engine) as conn:
        assert "grommets" in words_of_index(conn)

    run(story)

    with reading(story.parts.engine) as conn:
        assert "grommets" not in words_of_index(conn)
        assert conn.execute(select(search_documents).where(search_documents.c.customer_id == 1)).all() == []


def words_of_index(conn: Connection) -> str:
    """The pages of the full-text index as they are on disk."""
    return repr(conn.exec_driver_sql("SELECT block FROM search_index_data").all())


def test_tickets_stay_as_numbered_shells_with_a_mark_who_did_it(story: Gate) -> None:
    run(story)

    ticket = story.ticket(1)
    assert (ticket.customer_id, ticket.subject, ticket.state) == (1, "(erased)", State.CLOSED)
    assert {entry.text for entry in story.history(1)} == {"(erased)"}
    assert [entry.author_name for entry in story.history(1) if entry.staff_id] == ["Bart Jones"] * 2
    with reading(story.parts.engine) as conn:
        [mark] = conn.execute(select(erasures)).all()
        customer = people.find_customer(conn, 1)
    assert (mark.customer_id, mark.erased_by, mark.erased_at) == (1, "root", story.now)
    assert customer is not None
    assert (customer.name, customer.contacts) == ("erased-1", ())


def test_lists_and_objects_of_the_program_can_still_be_read(story: Gate) -> None:
    run(story)

    assert len(story.outbox()) > 3
    assert story.inbox(1).outcome.author == "(erased)"
    with reading(story.parts.engine) as conn:
        assert b"erased" in story.parts.archive.load(conn, story.inbox(1).sha256)


def test_mail_of_someone_forgotten_is_a_strangers(story: Gate, anne: Person) -> None:
    run(story)

    again = story.deliver(anne.writes("Do you remember me?"))

    assert again.outcome.disposition is Disposition.HELD


def test_held_mail_of_someone_forgotten_waits_for_nobody_any_more(gate: Gate, bart: Person, anne: Person) -> None:
    with transaction(gate.parts.engine) as conn:
        people_edits.remove_customer(conn, 1, now=gate.now)
    held = gate.deliver(anne.writes("Hello?"))

    run(gate)

    after = gate.inbox(held.id).outcome
    assert held.outcome.disposition is Disposition.HELD
    assert (after.disposition, after.author) == (Disposition.REFUSED, "(erased)")


def test_an_address_that_speaks_for_another_customer_keeps_his_mails(gate: Gate, bart: Person, anne: Person) -> None:
    gate.deliver(anne.writes("For the first."))
    gate.later(hours=1)
    gate.customer("Second Shop", anne.address)
    gate.deliver(anne.writes("For the second.", subject="Second"))

    run(gate)

    assert gate.ticket(2).subject == "Second"
    assert any("For the second." in entry.text for entry in gate.history(2))
    assert gate.inbox(2).outcome.author != "(erased)"


def test_bytes_that_others_have_too_stay(gate: Gate, bart: Person, anne: Person) -> None:
    dora = gate.customer("Dora Hall", "dora@other.example")
    logo = [("logo.png", "image/png", b"\x89PNG the same")]
    gate.deliver(anne.writes("One.", files=logo))
    gate.deliver(dora.writes("Two.", files=logo))
    [file] = gate.history(2)[-1].attachments

    run(gate)

    with reading(gate.parts.engine) as conn:
        assert gate.parts.archive.load(conn, file.sha256) == logo[0][2]


def test_large_mails_leave_the_archive_and_can_come_again_after_a_while(gate: Gate, bart: Person, anne: Person) -> None:
    large = [("big.pdf", "application/pdf", b"%PDF" + b"x" * (INLINE_BYTES + 1))]
    raw = anne.writes("Large.", files=large)
    gate.deliver(raw)
    directory = gate.parts.settings.store.archive
    before = {path for path in directory.rglob("*") if path.is_file()}

    run(gate)

    left = {path for path in directory.rglob("*") if path.is_file()}
    assert len(before) >= 2
    assert {path.name for path in left} == {erasure_log.NAME}
    with pytest.raises(SpoolUnavailable, match="erased a moment ago"):
        gate.deliver(raw)
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(erased_blobs).values(erased_at=datetime.now(UTC) - 2 * WHILE))
    assert gate.deliver(raw).outcome.disposition is Disposition.HELD


def test_what_must_be_kept_is_named_and_nothing_is_erased(story: Gate) -> None:
    def invoices(conn: Connection, customer_id: int) -> tuple[str, ...]:
        return (f"invoice R-{customer_id}0001 must be kept until 2036-12-31",)

    before = everything(story)
    parts = story.parts
    with reading(parts.engine) as conn:
        customer = people.find_customer(conn, 1)
    assert customer is not None
    with pytest.raises(MustBeKept, match="invoice R-10001 must be kept until 2036-12-31"):
        forget(
            parts.engine,
            parts.archive,
            customer,
            log_beside=parts.settings.store.archive,
            by="root",
            now=story.now,
            obstacles=invoices,
        )

    assert everything(story) == before
    assert erasure_log.read(parts.settings.store.archive) == ()


def test_a_second_time_is_refused(story: Gate) -> None:
    run(story)

    with pytest.raises(AlreadyForgotten):
        run(story)


def test_what_is_measured_is_what_is_erased(story: Gate) -> None:
    with reading(story.parts.engine) as conn:
        measured = measure(conn, 1)

    erased = run(story)

    assert (measured.tickets, measured.mails_in, measured.mails_out, measured.files) == (
        erased.tickets,
        erased.mails_in,
        erased.mails_out,
        erased.files,
    )
    assert measured.files == 1


def test_the_log_says_who_and_leaves_a_line_that_was_cut_off(story: Gate) -> None:
    run(story)
    log = story.parts.settings.store.archive / erasure_log.NAME
    log.write_bytes(log.read_bytes() + b'{"customer": 2, "regis')

    [logged] = erasure_log.read(log.parent)

    assert (logged.customer_id, logged.by, logged.at) == (1, "root", story.now)


def test_files_of_mails_that_no_ticket_has_taken_go_too(gate: Gate, bart: Person, anne: Person) -> None:
    held = gate.deliver(
        anne.writes(
            "Hello.", headers={"Received": "from a by b; x"}, files=[("plan.txt", "text/plain", WORDS.encode())]
        ),
        sender=anne.address,
    )
    with transaction(gate.parts.engine) as conn:
        spool.quarantine(conn, held.id, by="Bart", staff_id=1)
    gate.deliver(anne.writes("It is broken.", subject="Other"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Done."))
    sent = next(row for row in gate.outbox() if row.notice.to_address == anne.address and row.reverse_path)
    gate.deliver(dsn_about(sent.reverse_path), to=sent.reverse_path, sender="")
    before = everything(gate)

    run(gate)

    assert all(word in before for word in (WORDS, "Final-Recipient: rfc822; anne@customer.example"))
    assert [secret for secret in SECRETS if secret.lower() in everything(gate).lower()] == []


def dsn_about(path: str) -> bytes:
    """A delivery report that quotes whom it is about in a part of its own."""
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {path}\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; anne@customer.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n--b--\r\n"
    ).encode()


def test_what_staff_noted_and_changed_of_the_customer_goes(story: Gate, bart: Person) -> None:
    for command in (
        f"!customer note anne@customer.example {WORDS}",
        "!customer edit anne@customer.example\nname: Anne Miller-Jones",
    ):
        story.deliver(bart.writes(command, subject="A customer"))
        story.deliver(bart.replies(story.mailbox(bart)[-1], "yes"))
    before = everything(story)

    run(story)

    after = everything(story)
    assert "Miller-Jones" in before
    assert "customer note" in before
    assert [secret for secret in (*SECRETS, "Miller-Jones") if secret.lower() in after.lower()] == []


def test_what_went_back_to_staff_and_names_the_customer_goes(story: Gate, bart: Person) -> None:
    note = story.mailbox(bart)[0]
    story.deliver(bart.replies(note, "!nonsense anne@customer.example"))
    story.deliver(bart.replies(note, "!queue"))
    story.deliver(bart.replies(note, "!search anne@customer.example"))

    run(story)

    rows = [row for row in story.outbox() if row.notice.to_address == bart.address]
    assert rows
    left = [row.notice.template for row in rows if re.search("anne@customer.example|Anne Miller", repr(row))]
    assert left == []
