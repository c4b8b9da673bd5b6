"""The subject of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.subject import MAX_SUBJECT, reply_subject
from tests.outbound.notices import TEMPLATES


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("No mail since Monday", "Re: No mail since Monday [#1042]"),
        ("Re: No mail since Monday", "Re: No mail since Monday [#1042]"),
        ("RE: re: Re:No mail", "Re: No mail [#1042]"),
        ("AW: Antw: SV: Odp: RE[2]: No mail", "Re: No mail [#1042]"),
        ("RE(3): R: No mail", "Re: No mail [#1042]"),
        ("Re^4 : No mail", "Re: No mail [#1042]"),
        ("回复:No mail", "Re: No mail [#1042]"),
        ("Ре: Отв: No mail", "Re: No mail [#1042]"),
        ("Re: No mail [#1042]", "Re: No mail [#1042]"),
        ("[#1042] Re: No mail [#1042]", "Re: No mail [#1042]"),
        ("No mail [#7] since Monday", "Re: No mail since Monday [#1042]"),
        ("Fwd: No mail", "Re: Fwd: No mail [#1042]"),
        ("Research: no mail", "Re: Research: no mail [#1042]"),
        ("Re", "Re: Re [#1042]"),
        ("", "Re: (no subject) [#1042]"),
        ("Re: [#12]", "Re: (no subject) [#1042]"),
        ("hi\r\nBcc: x@evil.example", "Re: hi Bcc: x@evil.example [#1042]"),
    ],
)
def test_answer_has_one_prefix_and_one_tag(subject: str, expected: str) -> None:
    assert reply_subject(subject, 1042) == expected


@pytest.mark.parametrize("subject", ["", "(no subject)", "Re: (no subject) [#7]"])
@pytest.mark.parametrize(("language", "words"), [("en", "(no subject)"), ("de-AT", "(ohne Betreff)")])
def test_a_subject_that_says_nothing_is_named_in_the_language_of_the_mail(
    subject: str, language: str, words: str
) -> None:
    values = {**SAMPLES[Template.CLOSED][0], "subject": subject}

    assert TEMPLATES.render(Template.CLOSED, language, values).subject == f"Re: {words} [#1042]"


def test_without_a_number_no_tag_is_written_and_none_removed() -> None:
    assert reply_subject("Question [#99]", None) == "Re: Question [#99]"


def test_long_subject_is_cut_before_the_tag() -> None:
    subject = reply_subject("x" * 5000, 1042)

    assert subject.endswith("… [#1042]")
    assert len(subject) == len("Re: ") + MAX_SUBJECT + len(" [#1042]")


@given(st.text(), st.integers(min_value=1, max_value=10**9))
def test_answer_to_an_answer_has_the_same_subject(subject: str, number: int) -> None:
    once = reply_subject(subject, number)

    assert reply_subject(once, number) == once


@pytest.mark.parametrize("words", ["Certificate", "Re: Certificate", "AW: Certificate [#7]"])
def test_a_mail_that_begins_a_ticket_is_no_answer(words: str) -> None:
    assert reply_subject(words, 1042, begins=True) == "Certificate [#1042]"
