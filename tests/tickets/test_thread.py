"""Where a message belongs: inputs and places as tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from mailgate.mail.address_token import AddressToken, Purpose, TokenFault
from mailgate.people import Contact, Role
from mailgate.tickets.thread import (
    Claims,
    Contradiction,
    Joined,
    NewTicket,
    ThreadedBy,
    disagreement,
    place,
    tag_in,
    without_tag,
)
from mailgate.tickets.ticket import Participant, State, Ticket

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNE = Contact(1, 1, "Anne", "anne@customer.example", (Role.OWNER,), AT)
ANNE_FOR_ANOTHER = Contact(3, 2, "Anne", "anne@customer.example", (Role.OWNER,), AT)
DORA = Contact(2, 2, "Dora", "dora@other.example", (Role.OWNER,), AT)


def _ticket(number: int, *people: Participant) -> Ticket:
    return Ticket(number, "support", 1, "Mail", State.OPEN, AT, None, None, 1, AT, AT, people)


def _as_participant(contact: Contact) -> Participant:
    return Participant(contact.name, contact.address, contact.id)


TICKETS = {
    1: _ticket(1, _as_participant(ANNE)),
    2: _ticket(2, _as_participant(ANNE)),
    3: _ticket(3, _as_participant(DORA)),
    4: _ticket(4, Participant("Cris", "Cris@Stranger.example", None)),
    5: _ticket(5),
}


def _token(number: int) -> AddressToken:
    return AddressToken(Purpose.REPLY, number, 1, date(2026, 5, 1))


def _claims(
    token: AddressToken | TokenFault | None = None, referenced: Sequence[int] = (), tag: int | None = None
) -> Claims:
    return Claims(token, tuple(referenced), tag)


JOINING = [
    (_claims(_token(1)), 1, ThreadedBy.TOKEN),
    (_claims(_token(1), [1]), 1, ThreadedBy.TOKEN),
    (_claims(_token(1), [2, 1]), 1, ThreadedBy.TOKEN),
    (_claims(_token(1), [], 2), 1, ThreadedBy.TOKEN),
    (_claims(_token(1), [99]), 1, ThreadedBy.TOKEN),
    (_claims(_token(99), [1]), 1, ThreadedBy.REFERENCES),
    (_claims(None, [1]), 1, ThreadedBy.REFERENCES),
    (_claims(None, [2, 1]), 2, ThreadedBy.REFERENCES),
    (_claims(None, [3, 1]), 1, ThreadedBy.REFERENCES),
    (_claims(None, [99, 2]), 2, ThreadedBy.REFERENCES),
    (_claims(None, [1], 2), 1, ThreadedBy.REFERENCES),
    (_claims(None, [], 2), 2, ThreadedBy.TAG),
    (_claims(None, [99], 2), 2, ThreadedBy.TAG),
]

NOT_JOINING = [
    (_claims(), NewTicket()),
    (_claims(None, [99], 98), NewTicket()),
    (_claims(_token(99)), NewTicket()),
    (_claims(_token(3)), NewTicket(3, ThreadedBy.TOKEN)),
    (_claims(None, [3]), NewTicket(3, ThreadedBy.REFERENCES)),
    (_claims(None, [3], 1), NewTicket(3, ThreadedBy.REFERENCES)),
    (_claims(None, [], 3), NewTicket(3, ThreadedBy.TAG)),
    (_claims(None, [], 5), NewTicket(5, ThreadedBy.TAG)),
    (_claims(TokenFault.FORGED), NewTicket(None, TokenFault.FORGED)),
    (_claims(TokenFault.FORGED, [1]), NewTicket(1, TokenFault.FORGED)),
    (_claims(TokenFault.EXPIRED, [2, 1]), NewTicket(2, TokenFault.EXPIRED)),
    (_claims(TokenFault.EXPIRED, [], 1), NewTicket(1, TokenFault.EXPIRED)),
    (_claims(TokenFault.MALFORMED, [99], 98), NewTicket(None, TokenFault.MALFORMED)),
]


@pytest.mark.parametrize(("claims", "number", "by"), JOINING)
def test_a_participant_s_message_joins(claims: Claims, number: int, by: ThreadedBy) -> None:
    assert place(claims, ANNE.address, (ANNE,), TICKETS) == Joined(TICKETS[number], ANNE, by)


@pytest.mark.parametrize(("claims", "placed"), NOT_JOINING)
def test_whatever_else_opens_a_ticket(claims: Claims, placed: NewTicket) -> None:
    assert place(claims, ANNE.address, (ANNE,), TICKETS) == placed


@pytest.mark.parametrize(
    ("placed", "why"),
    [
        (NewTicket(), None),
        (NewTicket(3, ThreadedBy.TAG), "its author takes no part in #3, which it names by tag"),
        (NewTicket(None, TokenFault.EXPIRED), "its reply address is not valid (expired)"),
        (NewTicket(1, Contradiction("they disagree", 1)), "they disagree"),
    ],
)
def test_staff_are_told_in_words_why_it_did_not_join(placed: NewTicket, why: str | None) -> None:
    assert placed.why == why


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (_claims(_token(1), [2]), "its address says ticket #1, its references say #2"),
        (_claims(_token(1), [3, 2]), "its address says ticket #1, its references say #3, #2"),
        (_claims(_token(3), [1]), "its address says ticket #3, its references say #1"),
    ],
)
def test_token_and_references_that_disagree_are_left_to_a_person(claims: Claims, reason: str) -> None:
    token = claims.token
    assert isinstance(token, AddressToken)

    assert place(claims, ANNE.address, (ANNE,), TICKETS) == Contradiction(reason, token.object_id)


@pytest.mark.parametrize("claims", [claims for claims, _, _ in JOINING])
def test_a_stranger_joins_nothing_of_a_customer_s(claims: Claims) -> None:
    assert isinstance(place(claims, "cris@stranger.example", (), TICKETS), NewTicket)


def test_a_stranger_joins_the_ticket_that_is_his_own() -> None:
    placed = place(_claims(None, [4]), "cris@STRANGER.example", (), TICKETS)

    assert placed == Joined(TICKETS[4], None, ThreadedBy.REFERENCES)


def test_a_contact_s_address_alone_is_not_the_stranger_s_of_a_ticket() -> None:
    assert isinstance(place(_claims(None, [1]), ANNE.address, (), TICKETS), NewTicket)


def test_of_one_address_s_contacts_the_one_who_takes_part_speaks() -> None:
    placed = place(_claims(_token(1)), ANNE.address, (ANNE_FOR_ANOTHER, ANNE), TICKETS)

    assert placed == Joined(TICKETS[1], ANNE, ThreadedBy.TOKEN)


def test_the_claims_name_every_ticket_once() -> None:
    assert _claims(_token(1), [2, 3, 2], 4).named == {1, 2, 3, 4}
    assert _claims(TokenFault.FORGED, [2]).named == {2}


@pytest.mark.parametrize(
    ("referenced", "agrees"), [((), True), ((1,), True), ((2, 1), True), ((2,), False), ((2, 3), False)]
)
def test_references_agree_with_a_token_when_they_name_its_ticket_or_none(
    referenced: tuple[int, ...], agrees: bool
) -> None:
    assert (disagreement(1, referenced) is None) is agrees


@pytest.mark.parametrize(
    ("subject", "tag"),
    [
        ("Re: Mail [#1042]", 1042),
        ("[#1] AW: [#1] Mail", 1),
        ("[#1] and [#2]", None),
        ("[# 1]", None),
        ("#1", None),
        ("[#-1]", None),
        ("[#1042", None),
        ("[#1234567890123]", None),
        ("", None),
    ],
)
def test_a_subject_has_one_tag_or_none(subject: str, tag: int | None) -> None:
    assert tag_in(subject) == tag


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Re: Mail [#1042]", "Re: Mail"),
        ("[#1] Mail [#2] again", "Mail again"),
        ("[#1]", "(no subject)"),
        ("", "(no subject)"),
        ("  two   blanks ", "two blanks"),
        ("[#x] is no tag", "[#x] is no tag"),
    ],
)
def test_a_new_ticket_s_subject_has_no_tag(subject: str, kept: str) -> None:
    assert without_tag(subject) == kept
