"""Every mail of the corpus goes through the gate: each ends as a person would expect, and none is lost."""

from collections.abc import Mapping

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import NULL_PATH, Door
from store.engine import reading
from store.post import spool
from tests.gate import SUPPORT, Gate, Person
from tests.mail.mails import CORPUS, from_corpus

RETURN_ADDRESS = "bounce+0a1b2c3d4e@support.example"
ABUSE = "abuse@support.example"
NAMES = tuple(sorted(path.stem for path in CORPUS.glob("*.eml")))

EXPECTED: Mapping[str, Disposition] = {
    "abuse_report_in_the_feedback_format": Disposition.AUTOMATIC,
    "answers_between_the_quotes": Disposition.OPENED,
    "apple_mail_picture_between_two_texts": Disposition.OPENED,
    "bare_cr_line_ends": Disposition.HELD,
    "base64_with_blanks_and_without_its_end": Disposition.OPENED,
    "charset_that_nobody_knows": Disposition.OPENED,
    "cron_mail_of_a_server": Disposition.AUTOMATIC,
    "display_name_that_is_a_customer_s_address": Disposition.HELD,
    "dsn_one_unknown_one_delivered": Disposition.BOUNCE,
    "empty_text_beside_full_html": Disposition.OPENED,
    "encoded_word_cut_inside_a_character": Disposition.OPENED,
    "exchange_out_of_office_in_german": Disposition.AUTOMATIC,
    "exchange_report_with_its_status_in_words_and_html": Disposition.BOUNCE,
    "exim_bounce_that_names_whom_in_a_field_of_its_own": Disposition.BOUNCE,
    "file_name_in_encoded_pieces_out_of_order": Disposition.OPENED,
    "file_names_that_lie": Disposition.OPENED,
    "forwarded_as_a_file_three_times_over": Disposition.OPENED,
    "forwarded_message_with_its_own_file": Disposition.OPENED,
    "gb2312_that_is_gbk": Disposition.OPENED,
    "html_only_with_a_gmail_quote": Disposition.OPENED,
    "invitation_as_alternative_and_again_as_a_file": Disposition.OPENED,
    "japanese_flowed_text_with_delsp": Disposition.OPENED,
    "line_break_encoded_in_the_subject": Disposition.OPENED,
    "lines_that_end_in_three_ways": Disposition.OPENED,
    "list_mail_with_the_list_s_footer": Disposition.HELD,
    "mbox_from_line_and_blank_lines_first": Disposition.OPENED,
    "multipart_cut_off_in_the_middle": Disposition.OPENED,
    "multipart_that_names_no_boundary": Disposition.OPENED,
    "nothing_but_a_from_field": Disposition.OPENED,
    "nothing_but_a_subject": Disposition.OPENED,
    "outlook_file_wrapped_in_winmail_dat": Disposition.OPENED,
    "outlook_header_block_without_marks": Disposition.OPENED,
    "outlook_html_with_conditional_comments": Disposition.OPENED,
    "pgp_encrypted_with_dots_for_a_subject": Disposition.OPENED,
    "postfix_report_that_is_only_late": Disposition.BOUNCE,
    "qmail_bounce_in_words_alone": Disposition.BOUNCE,
    "raw_latin1_in_subject_and_from": Disposition.OPENED,
    "raw_utf8_in_every_field": Disposition.OPENED,
    "read_receipt_of_a_customer": Disposition.AUTOMATIC,
    "references_folded_inside_an_id": Disposition.OPENED,
    "reply_above_a_gmail_quote": Disposition.OPENED,
    "rfc8463_two_signatures": Disposition.HELD,
    "sieve_vacation_of_a_customer": Disposition.AUTOMATIC,
    "smime_signature_beside_its_text": Disposition.OPENED,
    "smime_text_inside_its_own_signature": Disposition.OPENED,
    "to_field_with_a_thousand_addresses": Disposition.OPENED,
    "two_authors_in_one_from_field": Disposition.HELD,
    "two_from_fields": Disposition.HELD,
    "uuencoded_file_in_the_text": Disposition.OPENED,
}
"""What a person would expect. A mail that is new here gets its row before the gate is asked."""


ANSWERS = ("exchange_out_of_office_in_german", "read_receipt_of_a_customer", "sieve_vacation_of_a_customer")
"""Those of programs that answer from the null path, as reports come (RFC 3834 §3.3, RFC 5321 §4.5.5)."""


def _that_end(*dispositions: Disposition) -> list[str]:
    return [name for name, expected in EXPECTED.items() if expected in dispositions]


@pytest.fixture
def anne_ash(gate: Gate, bart: Person) -> Person:
    """The customer who wrote most of the corpus, with Bart there to be told."""
    return gate.customer("Anne Ash", "anne@ash.example")


def test_something_is_expected_of_each_mail_of_the_corpus() -> None:
    assert tuple(sorted(EXPECTED)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_of_the_corpus_ends_in_the_disposition_that_a_person_would_expect(
    gate: Gate, anne_ash: Person, name: str
) -> None:
    settled = _deliver(gate, name)

    assert settled.outcome.disposition is EXPECTED[name], settled.outcome.reason
    assert (settled.attempts, settled.last_error) == (1, None)
    assert not (settled.outcome.reason or "").startswith("parked")
    with reading(gate.parts.engine) as conn:
        assert gate.parts.archive.load(conn, settled.sha256) == from_corpus(name)
        assert [row.id for row in spool.listing(conn)] == [settled.id]


@pytest.mark.parametrize("name", _that_end(Disposition.OPENED))
def test_what_a_customer_wrote_is_told_to_the_staff(gate: Gate, anne_ash: Person, bart: Person, name: str) -> None:
    settled = _deliver(gate, name)

    assert settled.outcome.ticket_id == 1
    assert gate.ticket(1).customer_id == 1
    assert len(gate.outbox(Template.NOTIFICATION)) == len(gate.mailbox(bart)) == 1


@pytest.mark.parametrize("name", _that_end(Disposition.BOUNCE, Disposition.AUTOMATIC))
def test_no_program_is_answered(gate: Gate, anne_ash: Person, bart: Person, name: str) -> None:
    _deliver(gate, name)

    assert {recipient for _, recipients in gate.sink.paths for recipient in recipients} <= {bart.address}


def test_a_report_of_abuse_reaches_the_staff(gate: Gate, bart: Person) -> None:
    settled = _deliver(gate, "abuse_report_in_the_feedback_format")

    assert settled.outcome.ticket_id == 1
    [told] = gate.mailbox(bart)
    assert "192.0.2.77" in told.text


def _deliver(gate: Gate, name: str) -> spool.Accepted:
    """By a mail server's pipe: at the SMTP door some of them would be refused for their line ends."""
    is_report = EXPECTED[name] is Disposition.BOUNCE
    to = ABUSE if name.startswith("abuse_") else RETURN_ADDRESS if is_report else SUPPORT
    path = NULL_PATH if is_report or name in ANSWERS else "sender@client.example"
    return gate.deliver(from_corpus(name), to=to, sender=path, door=Door.PIPE, peer=None)
