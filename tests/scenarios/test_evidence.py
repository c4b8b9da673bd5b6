"""Who a sender is: DKIM, SPF and DMARC decide what a mail may do (B06, B11, B16 to B19, and a DNS that is down)."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from mailgate.config import HostPort, Verify
from mailgate.inbound.authenticate import best_evidence
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from mailgate.mail.sender.evidence import Level
from store.post.spool import Accepted
from tests.gate import BEGIN, BeginGate, Gate, Person
from tests.inbound.door import Address
from tests.outbound.sink import HOST, Sink, running
from tests.program import configured
from tests.servers.fixtures import StartNsd
from tests.servers.process import wait_until
from tests.signing import Signer
from tests.verifying import level, verifying
from tests.zone import Zone

CUSTOMER, HOSTING, EVIL = Signer("customer.example"), Signer("hosting.example"), Signer("evil.example")
DATE = {"Date": "Mon, 02 Mar 2026 08:59:00 +0000"}


@pytest.fixture
def zone() -> Zone:
    """Anne's domain may send from 192.0.2.7 and asks to reject what fails; Bart's signs everything."""
    return Zone(
        {
            "customer.example": "v=spf1 ip4:192.0.2.7 -all",
            "_dmarc.customer.example": "v=DMARC1; p=reject",
            "_dmarc.hosting.example": "v=DMARC1; p=reject",
            CUSTOMER.name: CUSTOMER.record,
            HOSTING.name: HOSTING.record,
            EVIL.name: EVIL.record,
        }
    )


@pytest.fixture
def gate(begin: BeginGate, zone: Zone) -> Gate:
    """A gate that verifies senders, with the DNS of `zone`."""
    return verifying(begin, zone)


def reasons(accepted: Accepted) -> str:
    return "; ".join(accepted.outcome.evidence.reasons) if accepted.outcome.evidence else ""


def test_a_signed_mail_is_believed_and_staff_read_no_word_of_it(gate: Gate, anne: Person, bart: Person) -> None:
    opened = gate.deliver(CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN), door=Door.LMTP)

    assert (opened.outcome.disposition, level(opened)) == (Disposition.OPENED, Level.DKIM)
    assert gate.mailbox(anne)[0].subject == "Re: No mail since Monday [#1]"
    assert reasons(opened) == "a DKIM signature of customer.example covers the mail"
    told = gate.mailbox(bart)[0].text
    assert "DKIM" not in told
    assert "verify" not in told


def test_each_door_can_reach_what_the_log_says_is_its_best(gate: Gate, anne: Person, bart: Person) -> None:
    best = {door: best_level for door, (best_level, _) in best_evidence(gate.parts.settings).items()}
    signed = {
        door: CUSTOMER.sign(anne.writes("It is broken.", subject=f"By {door.value}", headers=DATE), at=BEGIN)
        for door in best
    }

    reached = {door: level(gate.deliver(raw, door=door)) for door, raw in signed.items()}

    assert reached == best
    assert set(best) == set(Door) - {Door.FORM, Door.IMPORT}  # a mail that signs in, and history


def test_a_mail_that_only_spf_speaks_for_is_marked(gate: Gate, anne: Person, bart: Person) -> None:
    opened = gate.deliver(anne.writes("It is broken."), sender=anne.address)

    assert (opened.outcome.disposition, level(opened)) == (Disposition.OPENED, Level.SPF)
    assert reasons(opened).startswith("SPF: 192.0.2.7 may send for customer.example")
    note = "Please note: we could not verify that this mail is from anne@customer.example"
    assert note in gate.mailbox(bart)[0].text


@pytest.mark.parametrize("door", [Door.SMTP, Door.LMTP, Door.PIPE])
def test_a_forgery_is_held_when_its_domain_asks_for_that(gate: Gate, anne: Person, bart: Person, door: Door) -> None:
    held = gate.deliver(anne.writes("Cancel it all."), door=door, sender="x@evil.example")

    assert (held.outcome.disposition, level(held)) == (Disposition.HELD, Level.NONE)
    assert (held.outcome.reason or "").startswith("DMARC failed: customer.example asks to reject such mail")
    assert gate.mailbox(anne) == []


@pytest.mark.parametrize("policy", [None, "v=DMARC1; p=none"])
def test_a_mail_that_a_list_has_changed_is_unverified_and_no_worse(
    gate: Gate, zone: Zone, anne: Person, bart: Person, policy: str | None
) -> None:
    zone.txt_records = {**zone.txt_records, "_dmarc.customer.example": policy or ()}
    signed = CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN)

    opened = gate.deliver(signed + b"-- \r\nThis list is for all.\r\n", sender="list@lists.example")

    assert (opened.outcome.disposition, level(opened)) == (Disposition.OPENED, Level.UNKNOWN)
    assert "does not fit the mail" in reasons(opened)
    assert gate.mailbox(anne)[0].subject != "Re: No mail since Monday [#1]"  # a fixed subject echoes nothing


def test_staff_words_need_a_signature_of_their_very_domain(gate: Gate, zone: Zone, anne: Person, bart: Person) -> None:
    sub = Signer("mail.hosting.example")
    zone.txt_records = {**zone.txt_records, sub.name: sub.record}
    gate.deliver(CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN))
    reply = gate.mailbox(bart)[0]

    unsigned = gate.deliver(bart.replies(reply, "One."), sender="x@evil.example")
    foreign = gate.deliver(EVIL.sign(bart.replies(reply, "Two."), at=BEGIN))
    padded = gate.deliver(HOSTING.sign(bart.replies(reply, "Three."), at=BEGIN, length=6) + b"Four.\r\n")
    relaxed = gate.deliver(sub.sign(bart.replies(reply, "Five."), at=BEGIN))
    before = len(gate.mailbox(anne))
    signed = gate.deliver(HOSTING.sign(_dated(bart.replies(reply, "Six.")), at=BEGIN))

    assert [one.outcome.disposition for one in (unsigned, foreign, padded, relaxed)] == [Disposition.HELD] * 4
    assert [level(one) for one in (unsigned, foreign, padded, relaxed)] == [
        Level.NONE,
        Level.NONE,
        Level.UNKNOWN,
        Level.UNKNOWN,
    ]
    assert (signed.outcome.disposition, level(signed)) == (Disposition.JOINED, Level.TOKEN)
    assert len(gate.mailbox(anne)) == before + 1
    assert "Six." in gate.mailbox(anne)[-1].text


def _dated(raw: bytes) -> bytes:
    return f"Date: {DATE['Date']}\r\n".encode() + raw


def test_two_authors_are_none_whoever_has_signed(gate: Gate, zone: Zone, anne: Person) -> None:
    signed = CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN)

    held = gate.deliver(b"From: x@evil.example\r\n" + signed)

    assert (held.outcome.disposition, level(held)) == (Disposition.HELD, Level.NONE)
    assert zone.asked == []


def test_what_the_mail_says_of_itself_is_no_evidence(gate: Gate, anne: Person) -> None:
    forged = (
        b"Authentication-Results: support.example; dkim=pass header.d=customer.example; dmarc=pass"
        b" header.from=customer.example\r\nX-Mailgate-Evidence: A\r\nARC-Seal: i=1; cv=pass; d=fwd.example\r\n"
    )

    held = gate.deliver(forged + anne.writes("It is broken."), sender="x@evil.example")

    assert level(held) is Level.NONE


def test_a_true_mail_to_somebody_else_does_nothing_here(gate: Gate, anne: Person, bart: Person) -> None:
    signed = CUSTOMER.sign(anne.writes("Please cancel.", to="sales@other.example", headers=DATE), at=BEGIN)

    first = gate.deliver(signed, to="support@support.example", sender="x@evil.example")
    second = gate.deliver(signed, to="support@support.example", sender="x@evil.example")

    assert level(first) is Level.UNKNOWN
    assert "addressed to somebody else" in reasons(first)
    assert second.outcome.disposition is Disposition.DUPLICATE


def test_a_stray_line_end_never_makes_a_forgery_better(gate: Gate, anne: Person) -> None:
    to = "support@support.example"
    signed = CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN)
    forged = anne.writes("It is broken.").replace(b"\r\n", b"\r\nX-Odd: a\rb\r\n", 1)
    odd = signed.replace(b"\r\nFrom:", b"\r\nX-Odd: a\0b\r\nFrom:", 1)

    assert level(gate.deliver(forged, to=to, door=Door.LMTP)) is Level.NONE
    assert level(gate.deliver(odd, to=to, door=Door.LMTP)) is Level.UNKNOWN


def test_the_sign_in_form_works_for_domains_that_reject_forgeries(gate: Gate, anne: Person) -> None:
    asked = gate.deliver(anne.writes("", to="sign-in@support.example"), door=Door.FORM, peer=None, sender=None)

    assert (asked.outcome.disposition, level(asked)) == (Disposition.COMMAND, Level.UNKNOWN)
    assert [one.notice.template for one in gate.outbox()] == [Template.SIGN_IN]


def test_a_mail_waits_for_the_dns(gate: Gate, zone: Zone, anne: Person, bart: Person) -> None:
    zone.broken.add(CUSTOMER.name)
    spool_id = gate.accept(CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN))

    gate.parts.receive(spool_id, gate.now)
    waiting = gate.inbox(spool_id)
    zone.broken.clear()
    gate.parts.run_due(gate.now + timedelta(seconds=29))
    early = gate.inbox(spool_id)
    gate.parts.run_due(gate.now + timedelta(seconds=31))

    assert waiting.outcome.disposition is early.outcome.disposition is Disposition.WAITING
    assert "LookupFailed" in (waiting.last_error or "")
    assert waiting.attempts == 0
    assert level(gate.inbox(spool_id)) is Level.DKIM


def test_after_four_hours_without_dns_a_mail_counts_as_unverified(
    gate: Gate, zone: Zone, anne: Person, bart: Person
) -> None:
    zone.broken.add("_dmarc.customer.example")
    spool_id = gate.accept(CUSTOMER.sign(anne.writes("It is broken.", headers=DATE), at=BEGIN))
    tries = 0
    at = gate.now
    while gate.inbox(spool_id).outcome.disposition is Disposition.WAITING:
        assert at - gate.now < timedelta(hours=5)
        tries += gate.parts.run_due(at).get("receive", 0)
        at += timedelta(minutes=5)

    opened = gate.inbox(spool_id)

    assert timedelta(hours=4) <= at - gate.now < timedelta(hours=4, minutes=45)
    assert (opened.outcome.disposition, level(opened)) == (Disposition.OPENED, Level.UNKNOWN)
    assert "the DNS gave no answer for hours" in reasons(opened)
    assert tries < 30


def test_a_header_of_our_own_mail_server_is_believed_where_it_stands_on_top(begin: BeginGate) -> None:
    gate = begin(authentication={"verify": Verify.TRUSTED_HEADER, "trusted_authserv_ids": ("mx.in.example",)})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    found = (
        b"Authentication-Results: mx.in.example; dkim=pass header.d=customer.example;"
        b" dmarc=%s header.from=customer.example\r\n"
    )
    received = b"Received: from a by mx.in.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n"
    near = partial(gate.deliver, door=Door.LMTP, peer="127.0.0.1")
    signed = CUSTOMER.sign(anne.writes("One.", headers=DATE), at=BEGIN)

    good = near(found % b"pass" + received + signed)
    failed = near(found % b"fail" + received + anne.writes("Two."))
    forged = near(received + found % b"pass" + anne.writes("Three."))
    elsewhere = near(found.replace(b"mx.in", b"mx.out") % b"pass" + received + anne.writes("Four."))
    past_it = gate.deliver(found % b"pass" + received + anne.writes("Five."), peer="192.0.2.7")

    assert [level(one) for one in (good, failed, forged, elsewhere, past_it)] == [
        Level.DKIM,
        Level.NONE,
        Level.UNKNOWN,
        Level.UNKNOWN,
        Level.UNKNOWN,
    ]


ZONE = f"""\
customer IN TXT "v=spf1 ip4:192.0.2.7 -all"
_dmarc.customer IN TXT "v=DMARC1; p=reject"
{CUSTOMER.name.removesuffix(".example")} IN TXT "{CUSTOMER.record.replace(";", chr(92) + ";")}"
"""


@pytest.mark.server
def test_the_whole_program_with_a_real_name_server(tmp_path: Path, nsd: StartNsd) -> None:
    server = nsd({"example": ZONE})
    with running(Sink()) as sink:
        program = configured(
            tmp_path / "gate",
            {
                "smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"},
                "authentication": {"verify": "own", "nameservers": [f"{server.host}:{server.port}"]},
            },
        )
        program.prints("customer", "add", "Anne Miller", "anne@customer.example")
        anne = Person("Anne Miller", "anne@customer.example")
        with program.serve() as serving, Address(program.lmtp_port).client("LHLO") as client:
            signed = CUSTOMER.sign(
                anne.writes("It is broken.", headers={"Date": "Mon, 02 Mar 2026 08:59:00 +0000"}), at=datetime.now(UTC)
            )
            for raw in (signed, anne.writes("Cancel it all.")):
                assert client.deliver(raw).startswith("250 ")
            wait_until(
                lambda: all(row["disposition"] != "waiting" for row in program.rows("inbox", "list")),
                what="dispositions",
            )
            log = serving.log.read_text()

        believed, forged = (program.ask("inbox", "show", number) for number in ("1", "2"))

    assert (believed["disposition"], believed["evidence"]) == ("opened", "D")
    assert believed["evidence_reasons"] == ["a DKIM signature of customer.example covers the mail"]
    assert (forged["disposition"], forged["evidence"]) == ("held", "N")
    assert "DMARC failed: customer.example asks to reject such mail" in forged["evidence_reasons"]
    assert 'evidence door=smtp best=D checks="DKIM, SPF, DMARC' in log
    assert 'evidence door=lmtp best=D checks="DKIM, DMARC; no SPF' in log


@pytest.mark.server
def test_every_level_by_a_real_name_server(begin: BeginGate, nsd: StartNsd) -> None:
    server = nsd({"example": ZONE})
    gate = begin(authentication={"verify": Verify.OWN, "nameservers": (HostPort(server.host, server.port),)})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    cris = Person("Cris", "cris@stranger.example")

    signed = gate.deliver(CUSTOMER.sign(anne.writes("One.", headers=DATE), at=BEGIN), sender="x@evil.example")
    by_host = gate.deliver(anne.writes("Two."), sender=anne.address)
    forged = gate.deliver(anne.writes("Three."), sender=anne.address, peer="198.51.100.9")
    unknown = gate.deliver(cris.writes("Four."), sender=cris.address)

    assert [level(one) for one in (signed, by_host, forged, unknown)] == [
        Level.DKIM,
        Level.SPF,
        Level.NONE,
        Level.UNKNOWN,
    ]
