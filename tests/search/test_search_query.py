"""What was typed is read as words, phrases and operators; what was not understood is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.search_query import Query, Term, narrowing_parts, read_query
from mailgate.tickets.ticket import State


def terms(*texts: str) -> tuple[Term, ...]:
    return tuple(Term(tuple(text.split()), is_prefix=True) for text in texts)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Query()),
        ('  *  "" ', Query()),
        ("Müller", Query(terms=terms("muller"))),
        ("disk full", Query(terms=terms("disk", "full"))),
        ('"Disk full"', Query(terms=(Term(("disk", "full"), is_prefix=False),))),
        ('"never closed', Query(terms=(Term(("never", "closed"), is_prefix=False),))),
        ("disk -quota", Query(terms=terms("disk"), without=terms("quota"))),
        ('-"disk full"', Query(without=(Term(("disk", "full"), is_prefix=False),))),
        ("info@customer.example", Query(terms=terms("info customer example"))),
        ("https://a.example/x", Query(terms=terms("https a example x"))),
        ("STATUS:Open", Query(status=State.OPEN)),
        ("from:ann@customer", Query(author=("ann", "customer"))),
        ('customer:"Ann Miller"', Query(customer=("ann", "miller"))),
        ("before:2026-01-01 after:2025-12-01", Query(before=date(2026, 1, 1), after=date(2025, 12, 1))),
        ("desk:Support has:file", Query(desk="support", has_file=True)),
        ("1042", Query(terms=terms("1042"), number=1042)),
        ("#1042", Query(terms=terms("1042"), number=1042)),
        ("disk 1042", Query(terms=terms("disk", "1042"))),
        ("日本", Query(terms=terms("日 本"))),
    ],
)
def test_what_was_typed_is_read(typed: str, meant: Query) -> None:
    assert read_query(typed) == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("statsu:open", "“statsu:” is not known; did you mean “status:”?"),
        ("zebra:1", "“zebra:” is not known"),
        ("status:opne", "“status:opne” is no state; did you mean “open”?"),
        ("status:x", "“status:x” is no state; there are open, answered, waiting, closed"),
        ("before:tomorrow", "“before:tomorrow” is no day; write it like before:2026-01-31"),
        ("has:wings", "“has:wings” is not known; there is has:file"),
        ("from:--", "“from:” needs a name or an address behind it"),
        ("-status:open", "“-status:” cannot be turned round: only words can be left out"),
    ],
)
def test_what_was_not_understood_is_told_with_what_is_near(typed: str, told: str) -> None:
    query = read_query(f"disk {typed}")

    assert [str(problem) for problem in query.problems] == [told]
    assert query.terms == terms("disk")


@given(st.text())
def test_whatever_is_typed_nothing_but_letters_and_digits_reaches_the_database(typed: str) -> None:
    query = read_query(typed)

    words = [word for term in (*query.terms, *query.without) for word in term.words]
    assert all(word.isalnum() for word in (*words, *query.author, *query.customer))


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("disk full", ()),
        ("disk status:open", (("status:open", "disk"),)),
        ('from:"Ann Miller"  disk', (('from:"Ann Miller"', "disk"),)),
        ("-zebra", (("-zebra", ""),)),
        ("statsu:open", (("statsu:open", ""),)),
        ("see https://shop.example/pay", ()),
        ("has:file has:file", (("has:file", "has:file"), ("has:file", "has:file"))),
    ],
)
def test_what_narrows_a_search_is_named_with_what_is_left_without_it(
    typed: str, parts: tuple[tuple[str, str], ...]
) -> None:
    assert narrowing_parts(typed) == parts


@given(st.text(max_size=600))
def test_of_any_text_what_is_left_is_never_longer(typed: str) -> None:
    assert all(len(rest) <= len(typed) for _, rest in narrowing_parts(typed))
