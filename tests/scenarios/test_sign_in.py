"""A mail to sign-in@ is answered with a link, at the stored address and nowhere else."""

import re
from datetime import UTC, datetime

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.link_token import LinkPurpose, Viewer, is_sign_in_code, unseal_link
from store import keys
from store.engine import reading
from tests.gate import Gate, Person, Received

SIGN_IN = "sign-in@support.example"


def word_in(mail: Received) -> str:
    """The signed word of the link in a mail."""
    found = re.search(r"http://127\.0\.0\.1:8025/in/(\S+)", mail.text)
    assert found
    return found[1]


def test_a_customer_gets_a_link_that_opens_a_session(gate: Gate, anne: Person) -> None:
    asked = gate.deliver(anne.writes("", to=SIGN_IN, subject="x"))

    [mail] = gate.mailbox(anne)
    with reading(gate.parts.engine) as conn:
        token = unseal_link(word_in(mail), keys.verifying(conn), purpose=LinkPurpose.SIGN_IN, now=gate.now)
    assert asked.outcome.disposition is Disposition.COMMAND
    assert token is not None
    assert (token.viewer, token.person_id, token.nonce) == (Viewer.CONTACT, 1, "")
    assert mail.reverse_path == ""
    assert gate.tickets() == ()


def test_staff_get_a_code_as_well(gate: Gate, bart: Person) -> None:
    gate.deliver(bart.writes("", to=SIGN_IN, subject="x"))

    [mail] = gate.mailbox(bart)
    with reading(gate.parts.engine) as conn:
        codes = [word for word in mail.text.split() if is_sign_in_code(word, 1, 0, keys.verifying(conn), now=gate.now)]
    assert len(codes) == 1


def test_neither_archive_nor_rows_keep_the_live_link(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("", to=SIGN_IN, subject="x"))
    gate.deliver(bart.writes("", to=SIGN_IN, subject="x"))

    live = [word_in(gate.mailbox(person)[0]) for person in (anne, bart)]
    rows = gate.outbox(Template.SIGN_IN)
    assert [row.state for row in rows] == ["sent", "sent"]
    assert all(row.live is None and row.notice.secret == {} for row in rows)
    assert all(row.text is not None and "[one-time link or code, expired]" in row.text for row in rows)
    gate.parts.close()
    store = b"".join(
        path.read_bytes() for path in gate.parts.settings.store.archive.parent.rglob("*") if path.is_file()
    )
    assert all(word.encode() not in store for word in live)


def test_a_link_that_waits_for_the_smarthost_goes_out_with_the_same_bytes(gate: Gate, anne: Person) -> None:
    gate.sink.replies["."] = ["451 later"]
    gate.deliver(anne.writes("", to=SIGN_IN, subject="x"))
    [waiting] = gate.outbox(Template.SIGN_IN)

    gate.later(minutes=2)

    assert waiting.live is not None
    assert [mail.raw for mail in gate.mailbox(anne)] == [waiting.live]


def test_strangers_get_nothing_and_requests_have_a_budget(gate: Gate, anne: Person, cris: Person) -> None:
    stranger = gate.deliver(cris.writes("", to=SIGN_IN, subject="x"))
    for _ in range(9):
        gate.deliver(anne.writes("", to=SIGN_IN, subject="x"))

    assert stranger.outcome.disposition is Disposition.COMMAND
    assert gate.mailbox(cris) == []
    assert len(gate.mailbox(anne)) == 5


def test_a_robot_that_writes_to_sign_in_is_not_answered(gate: Gate, anne: Person) -> None:
    robot = anne.writes("", to=SIGN_IN, subject="x", headers={"Auto-Submitted": "auto-replied"})

    settled = gate.deliver(robot)

    assert settled.outcome.disposition is Disposition.AUTOMATIC
    assert gate.mailbox(anne) == []


def test_a_word_is_void_when_it_has_expired_or_was_changed(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("", to=SIGN_IN, subject="x"))
    word = word_in(gate.mailbox(anne)[0])
    with reading(gate.parts.engine) as conn:
        verifying = keys.verifying(conn)

    late = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert unseal_link(word, verifying, purpose=LinkPurpose.SIGN_IN, now=late) is None
    assert unseal_link(word, verifying, purpose=LinkPurpose.SESSION, now=gate.now) is None
    for at in range(len(word)):
        changed = word[:at] + ("A" if word[at] != "A" else "B") + word[at + 1 :]
        assert unseal_link(changed, verifying, purpose=LinkPurpose.SIGN_IN, now=gate.now) is None


def test_a_link_asked_for_in_a_browser_carries_its_nonce(gate: Gate, bart: Person) -> None:
    nonce = "abcdefghijklmnopqrstuvwxyz"
    gate.deliver(bart.writes("", to=f"sign-in+{nonce}@support.example", subject="x"))

    with reading(gate.parts.engine) as conn:
        verifying = keys.verifying(conn)
    word = word_in(gate.mailbox(bart)[0])
    token = unseal_link(word, verifying, purpose=LinkPurpose.SIGN_IN, now=gate.now)
    assert token is not None
    assert (token.viewer, token.nonce) == (Viewer.STAFF, nonce)
