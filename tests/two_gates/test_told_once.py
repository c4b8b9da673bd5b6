"""Two gates have a mail of one author each at the same time: what he is told once, he is told once."""

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from tests.gate import Person
from tests.two_gates.conftest import Two
from tests.two_gates.test_tickets import receive


def test_a_stranger_who_writes_two_mails_is_told_once_that_a_person_will_look(
    two: Two, bart: Person, cris: Person
) -> None:
    first = two.one.accept(cris.writes("Do you sell servers?", subject="Servers"))
    second = two.other.accept(cris.writes("And domains?", subject="Domains"))

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after="INTO outbox")

    assert ends == (Disposition.HELD, Disposition.HELD)
    assert [row.notice.to_address for row in two.one.outbox(Template.HELD)] == [cris.address]


def test_the_same_words_go_back_to_a_member_of_staff_once(two: Two, bart: Person) -> None:
    words = "I am away until Monday."  # of a responder that bears no sign of one
    first, second = (gate.accept(bart.writes(words, subject="Away")) for gate in (two.one, two.other))

    ends = two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after="INTO outbox")

    assert len(two.one.outbox(Template.RETURNED)) == 1
    assert ends[1] is Disposition.HELD
