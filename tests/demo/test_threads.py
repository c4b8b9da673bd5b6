"""Mails in threads: by what they refer to, never by subject."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailgate.demo.item import Item
from mailgate.demo.threads import threads
from tests.gate import BEGIN


def mail(number: int, *, answers: tuple[int, ...] = (), subject: str = "The same") -> Item:
    references = " ".join(f"<{one}@client.example>" for one in answers)
    raw = f"Message-ID: <{number}@client.example>\r\nReferences: {references}\r\nSubject: {subject}\r\n\r\n"
    return Item(f"in-{number}", BEGIN + timedelta(minutes=number), raw.encode())


def shown(*items: Item) -> list[list[tuple[str, int]]]:
    return [[(branch.item.key, branch.depth) for branch in thread] for thread in threads(items)]


def test_an_answer_stands_below_what_it_answers() -> None:
    items = mail(1), mail(2, answers=(1,)), mail(3, answers=(1, 2)), mail(4, answers=(1,))

    assert shown(*items) == [[("in-1", 0), ("in-2", 1), ("in-3", 2), ("in-4", 1)]]


def test_the_thread_that_changed_last_comes_first() -> None:
    assert shown(mail(1), mail(2), mail(3, answers=(1,))) == [[("in-1", 0), ("in-3", 1)], [("in-2", 0)]]


def test_one_subject_makes_no_thread() -> None:
    assert len(shown(mail(1), mail(2))) == 2


def test_answers_to_a_mail_that_is_not_there_stand_together() -> None:
    assert shown(mail(2, answers=(1,)), mail(3, answers=(1,))) == [[("in-2", 0), ("in-3", 0)]]


@given(st.lists(st.lists(st.integers(0, 12), max_size=4).map(tuple), max_size=10))
def test_every_mail_stands_in_one_thread(references: list[tuple[int, ...]]) -> None:
    items = [mail(number, answers=answers) for number, answers in enumerate(references)]

    assert sorted(key for thread in shown(*items) for key, _ in thread) == sorted(item.key for item in items)
