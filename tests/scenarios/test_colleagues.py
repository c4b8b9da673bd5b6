"""People in copy (B15): contacts of the account take part, strangers are proposed, and added by the owner alone."""

from mailgate.letters.kind import Template
from tests.gate import Gate, Person

SPY = "spy@evil.example"


def readers(gate: Gate, number: int = 1) -> list[str]:
    return [reader.address for reader in gate.ticket(number).participants]


def test_who_is_in_copy_is_proposed_and_gets_nothing(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken.", headers={"Cc": f"Spy <{SPY}>, {bart.address}, billing@support.example"}))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We look into it."))

    acknowledgement = gate.mailbox(anne)[0]
    assert f"- {SPY}: reply with !add {SPY}" in acknowledgement.text
    assert "You had others in copy" in acknowledgement.text
    assert f"Please note: in copy, and not added: {SPY}" in gate.mailbox(bart)[0].text
    assert readers(gate) == [anne.address]
    assert gate.mailbox(Person("Spy", SPY)) == []
    assert bart.address not in acknowledgement.text


def test_a_colleague_who_is_a_contact_is_added_by_the_owner_at_once(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(anne.writes("It is broken."))
    before = readers(gate)

    gate.deliver(anne.replies(gate.mailbox(anne)[0], f"!add {dora.address}"))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "!add DORA@customer.example"))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We look into it."))

    assert (before, readers(gate)) == ([anne.address], [anne.address, dora.address])
    assert "We look into it." in gate.mailbox(dora)[0].text
    assert any("gets the mails about ticket #1 already" in " ".join(mail.text.split()) for mail in gate.mailbox(anne))
    assert gate.outbox(Template.CONFIRM) == ()


def test_the_owner_is_asked_about_who_was_in_copy_of_a_contact_s_mail(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    bob = gate.contact(1, "Bob Miller", "bob@customer.example")
    gate.deliver(dora.writes("It is broken.", headers={"Cc": f"{bob.address}, {SPY}"}))
    [proposal] = gate.mailbox(anne)

    gate.deliver(anne.replies(proposal, f"!add {bob.address}"))

    assert f"!add {SPY}" in proposal.text
    assert f"!add {bob.address}" not in proposal.text
    assert "dora@customer.example wrote to us about ticket 1" in proposal.text
    assert "had others in copy" not in gate.mailbox(dora)[0].text
    assert readers(gate) == [dora.address, bob.address]


def test_a_contact_who_is_not_the_owner_adds_nobody(gate: Gate, anne: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(dora.writes("It is broken."))

    gate.deliver(dora.replies(gate.mailbox(dora)[0], f"!add {SPY}"))

    assert readers(gate) == [dora.address]
    assert "only the owner of your account can do this" in gate.mailbox(dora)[-1].text
    assert gate.outbox(Template.CONFIRM) == ()


def test_nobody_is_proposed_twice_or_for_an_unverified_mail(gate: Gate, anne: Person, bart: Person) -> None:
    copied = {"Cc": SPY}
    gate.deliver(anne.writes("It is broken.", headers=copied))
    subject = gate.mailbox(anne)[0].subject
    gate.deliver(anne.writes("Still.", subject=subject, headers=copied))
    forged = anne.writes("Again.", subject=subject, headers={"Cc": "other@evil.example"})
    gate.deliver(forged.replace(b"Subject:", b"X-Odd: a\rb\r\nSubject:"))

    assert gate.outbox(Template.PROPOSAL) == ()
    assert len(gate.mailbox(anne)) == 1
    assert "in copy, and not added: other@evil.example" in gate.mailbox(bart)[-1].text


def test_a_colleague_in_copy_who_answers_joins(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(anne.writes("It is broken.", headers={"Cc": dora.address}, message_id="first"))

    answer = dora.writes("I see it, too.", headers={"In-Reply-To": "<first@client.example>"})
    joined = gate.deliver(answer)
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We look into it."))

    assert joined.outcome.ticket_id == 1
    assert readers(gate) == [anne.address, dora.address]
    assert ["We look into it." in mail.text for mail in gate.mailbox(dora)] == [True]


def test_a_colleague_who_got_the_mail_otherwise_takes_nobodys_place(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(anne.writes("It is broken.", message_id="first"))

    opened = gate.deliver(dora.writes("I see it, too.", headers={"In-Reply-To": "<first@client.example>"}))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We look into it."))

    assert opened.outcome.ticket_id == 2
    assert (readers(gate), readers(gate, 2)) == ([anne.address], [dora.address])
    assert not any("We look into it." in mail.text for mail in gate.mailbox(dora))


def test_no_address_of_ours_and_of_staff_can_be_added(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    for address in ("support@support.example", "confirm@support.example", bart.address):
        gate.deliver(anne.replies(gate.mailbox(anne)[0], f"!add {address}"))

    assert readers(gate) == [anne.address]
    assert gate.outbox(Template.CONFIRM) == ()


def test_an_owner_commands_a_ticket_of_the_account_without_taking_part(gate: Gate, anne: Person, bart: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(dora.writes("It is broken."))

    gate.deliver(anne.writes("!close", subject="Re: No mail since Monday [#1]"))

    assert gate.ticket(1).state == "closed"
    assert readers(gate) == [dora.address]
    assert "We have closed ticket 1." in gate.mailbox(dora)[-1].text
