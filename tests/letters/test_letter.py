"""What every mail of ours says in the same way."""

from dataclasses import replace
from datetime import date

import pytest

from mailgate.desks import Desk
from mailgate.letters.kind import Template
from mailgate.letters.letter import TOKEN_LIFETIME, Sheet, letter, own_address, without_words
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, unseal

SUPPORT = Desk("support", parse_mailbox("support@in.example"))
TO_ANNE = Sheet(
    company="Example Hosting",
    desk=SUPPORT,
    name="Anne Baker",
    address="anne@customer.example",
    own_address="support+k3v9@in.example",
    number=1042,
    subject="No mail since Monday",
    customer_id=12,
    references=("1@customer.example", "2@customer.example"),
)


def test_a_letter_says_from_whom_to_whom_and_about_what() -> None:
    notice = letter(Template.CLOSED, TO_ANNE, {"actions": []})

    assert (notice.from_name, notice.from_address) == ("Example Hosting", "support@in.example")
    assert (notice.to_name, notice.to_address, notice.reply_to) == (TO_ANNE.name, TO_ANNE.address, TO_ANNE.own_address)
    assert (notice.ticket_id, notice.customer_id, notice.topic) == (1042, 12, "No mail since Monday")
    assert (notice.in_reply_to, notice.references) == ("2@customer.example", TO_ANNE.references)
    assert notice.values == {
        "company": "Example Hosting",
        "number": 1042,
        "subject": "No mail since Monday",
        "fixed_subject": False,
        "signature": [],
        "reader": "",
        "page": None,
        "actions": [],
    }


@pytest.mark.parametrize("template", Template)
def test_a_bounce_comes_back_for_the_kinds_that_are_reported_alone(template: Template) -> None:
    reverse_path = letter(template, TO_ANNE).reverse_path

    assert reverse_path == (None if template.kind.is_reported else "")


def test_every_kind_that_must_arrive_is_reported() -> None:
    assert [kind for kind in Template if kind.kind.must_arrive and not kind.kind.is_reported] == []


def test_a_reader_without_an_address_of_his_own_answers_to_the_desk() -> None:
    to_stranger = replace(TO_ANNE, own_address=None)

    assert to_stranger.answer_to == "support@in.example"
    assert letter(Template.CLOSED, to_stranger).reply_to is None  # From says it


def test_a_desk_may_have_a_sender_of_its_own() -> None:
    billing = replace(SUPPORT, sender="Example Billing")

    notice = letter(Template.CLOSED, replace(TO_ANNE, desk=billing, signature=("Example Hosting GmbH", "Berlin")))

    assert (notice.from_name, notice.values["signature"]) == ("Example Billing", ["Example Hosting GmbH", "Berlin"])


def test_only_whoever_we_know_is_greeted_by_name() -> None:
    known, unknown = (letter(Template.CLOSED, replace(TO_ANNE, is_known=one)) for one in (True, False))

    assert (known.values["reader"], unknown.values["reader"]) == ("Anne Baker", "")


def test_no_word_of_an_unproven_author_stands_on_a_fixed_sheet() -> None:
    notice = letter(Template.ACKNOWLEDGEMENT, TO_ANNE.fixed())

    assert (notice.values["subject"], notice.values["fixed_subject"]) == ("Ticket 1042", True)
    assert notice.topic is None
    assert "Monday" not in repr(notice)


def test_a_letter_can_be_freed_of_the_words_that_opened_its_ticket() -> None:
    left_out = [{"name": "No mail since Monday.zip", "size": 7, "reason": "size"}]

    notice = without_words(letter(Template.LEFT_OUT, TO_ANNE, {"left_out": left_out, "left_out_count": 1}))

    assert "Monday" not in repr(notice)


def test_own_addresses_name_reader_and_matter_and_end() -> None:
    key, today = Key(1, b"k" * 32), date(2026, 11, 28)

    made = parse_mailbox(own_address(SUPPORT.mailbox, Purpose.REPLY, 1042, 7, key, today=today))

    assert (made.local_part, made.domain) == ("support", "in.example")
    assert unseal(made.detail or "", {key.id: key.secret}, today=today) == AddressToken(
        Purpose.REPLY, 1042, 7, today + TOKEN_LIFETIME
    )
