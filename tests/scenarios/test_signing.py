"""Mail of ours leaves with the signatures of the keys of that day, and each attempt sends the same bytes."""

import re
from collections.abc import Mapping
from dataclasses import replace

import dkim
import pytest

from mailgate.desks import Desk
from mailgate.letters.kind import Template
from mailgate.mail.address import Mailbox
from mailgate.mail.signing_key import make_pair, record_name
from store import signing_keys
from store.engine import reading, transaction
from store.post.outbox import OutState
from tests.gate import Gate, Person

LATER = "451 4.7.1 Try again later"


def sign_from_now_on(gate: Gate) -> None:
    with transaction(gate.parts.engine) as conn:
        number = signing_keys.next_number(conn)
        signing_keys.add(conn, make_pair(number), now=gate.now)
        signing_keys.enable(conn, now=gate.now)


def records(gate: Gate, *domains: str) -> Mapping[bytes, bytes]:
    with reading(gate.parts.engine) as conn:
        keys = signing_keys.listing(conn)
    return {f"{record_name(key.selector, one)}.".encode(): key.record.encode() for key in keys for one in domains}


def hold(gate: Gate, raw: bytes, *, domain: str = "support.example") -> list[bool]:
    found = records(gate, domain)
    count = raw.partition(b"\r\n\r\n")[0].count(b"DKIM-Signature: ")
    return [dkim.DKIM(raw).verify(idx=n, dnsfunc=lambda name, timeout=5: found.get(name)) for n in range(count)]


def test_without_keys_mail_is_not_signed(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    assert b"DKIM-Signature" not in gate.mailbox(anne)[0].raw


def test_every_mail_has_both_signatures_and_the_archive_keeps_them(gate: Gate, anne: Person, bart: Person) -> None:
    sign_from_now_on(gate)

    gate.deliver(anne.writes("It is broken."))

    sent = gate.outbox()
    assert len(sent) == 2
    assert [hold(gate, raw) for raw in gate.sink.messages] == [[True, True]] * 2
    with reading(gate.parts.engine) as conn:
        archived = {gate.parts.archive.load(conn, row.sha256) for row in sent if row.sha256}
    assert archived == set(gate.sink.messages)


def test_a_later_attempt_sends_the_same_signatures_although_the_keys_have_changed(gate: Gate, anne: Person) -> None:
    sign_from_now_on(gate)
    gate.sink.replies["."] = [LATER]
    gate.deliver(anne.writes("It is broken."))
    [deferred] = gate.outbox(Template.ACKNOWLEDGEMENT)
    assert deferred.state is OutState.QUEUED

    sign_from_now_on(gate)
    gate.later(hours=50)

    [sent] = gate.outbox(Template.ACKNOWLEDGEMENT)
    assert (sent.state, sent.sha256) == (OutState.SENT, deferred.sha256)
    [raw] = [mail.raw for mail in gate.mailbox(anne)]
    assert re.findall(rb"s=(mg\d-\w+);", raw) == [b"mg1-rsa", b"mg1-ed"]
    assert hold(gate, raw) == [True, True]


def test_a_sign_in_link_is_signed_as_it_leaves_and_its_copy_without_the_link_is_not(gate: Gate, anne: Person) -> None:
    sign_from_now_on(gate)

    gate.deliver(anne.writes("please", to="sign-in@support.example"))

    [sent] = gate.outbox(Template.SIGN_IN)
    assert hold(gate, gate.mailbox(anne)[-1].raw) == [True, True]
    assert sent.sha256 is not None
    with reading(gate.parts.engine) as conn:
        assert b"DKIM-Signature" not in gate.parts.archive.load(conn, sent.sha256)


def test_a_desk_elsewhere_signs_for_its_own_domain(gate: Gate, anne: Person) -> None:
    desks = (Desk("support", Mailbox("help", "", "Hosting.example")),)
    gate.parts = replace(gate.parts, settings=replace(gate.parts.settings, desks=desks))
    sign_from_now_on(gate)

    gate.deliver(anne.writes("It is broken.", to="help@hosting.example"))

    [raw] = [mail.raw for mail in gate.mailbox(anne)]
    assert b"d=hosting.example;" in raw
    assert hold(gate, raw, domain="hosting.example") == [True, True]


@pytest.mark.parametrize("state", ["retired", "waiting"])
def test_keys_that_do_not_sign_are_left_alone(gate: Gate, anne: Person, state: str) -> None:
    with transaction(gate.parts.engine) as conn:
        signing_keys.add(conn, make_pair(1), now=gate.now)
        if state == "retired":
            signing_keys.enable(conn, now=gate.now)
            signing_keys.disable(conn, now=gate.now)

    gate.deliver(anne.writes("It is broken."))

    with reading(gate.parts.engine) as conn:
        assert {key.state.value for key in signing_keys.listing(conn)} == {state}
    assert b"DKIM-Signature" not in gate.mailbox(anne)[0].raw


def test_a_retired_key_is_gone_from_the_store(gate: Gate) -> None:
    sign_from_now_on(gate)
    with reading(gate.parts.engine) as conn:
        private = [key.private for key in signing_keys.signing(conn)]

    sign_from_now_on(gate)

    with reading(gate.parts.engine) as conn:
        kept = conn.exec_driver_sql("SELECT private FROM signing_keys").scalars().all()
    assert [one in kept for one in private] == [False, False]
    assert [one is None for one in kept] == [True, True, False, False]
