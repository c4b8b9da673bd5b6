"""Outlook's name of a thread: kept, begun, and made longer by each answer."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.thread_index import begin, extend, root_in

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OF_OUTLOOK = "AdGqJ8Q3pJ3m0h3HRZqoQ3rW2S0a0Q=="


def test_the_index_of_a_mail_that_came_is_kept() -> None:
    answered = extend(OF_OUTLOOK, "answer", AT)

    assert root_in(OF_OUTLOOK) == OF_OUTLOOK
    assert root_in(answered) == OF_OUTLOOK
    assert len(base64.b64decode(answered)) == 27


@pytest.mark.parametrize(
    "header", [None, "", "hello", "AdGq", "é" * 30, OF_OUTLOOK[:-4], "A" * 3000, "Ag" + OF_OUTLOOK[2:]]
)
def test_what_is_no_index_is_not_gone_on_with(header: str | None) -> None:
    assert root_in(header) is None


def test_a_thread_of_ours_has_the_same_name_each_time_and_no_other_has_it() -> None:
    assert begin("one", AT) == begin("one", AT) != begin("two", AT)
    assert root_in(begin("one", AT)) == begin("one", AT)


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_each_answer_is_one_block_longer_whenever_it_comes(later: timedelta) -> None:
    root = begin("one", AT)

    index = extend(root, "answer", AT + later)

    assert root_in(index) == root
    assert len(base64.b64decode(index)) == 27
