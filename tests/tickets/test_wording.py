"""The words of the audit trail: every event has them in every language, and values are put in as they are."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from mailgate.cli.ticket import OPERATOR
from mailgate.phrases import phrasebook
from mailgate.tickets.events import EVENTS, details_of, line_of
from mailgate.tickets.ticket import Doer, Event
from mailgate.tickets.wording import BY, read_sentences
from tests.tickets.values import HOSTILE, NOON, a_value

LOCALES = ("en", "de")


def told(locale: str, event: Event, by: str = "Bart", /, *, for_customers: bool = True, **values: Any) -> str:
    """What a reader is told."""
    line = line_of(event, Doer(by), **values)
    assert line.details is not None
    details = details_of(event, line.details, for_customers=for_customers)
    return phrasebook().of(locale).told_in("Europe/Berlin", at=NOON)(event, details, by)


def test_no_sentence_is_missing_superfluous_or_names_what_is_not_there() -> None:
    assert phrasebook().problems == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_words_in_every_language_for_whoever_may_read_it(event: Event, locale: str) -> None:
    details = EVENTS[event].details
    everything = {key: a_value(detail) for key, detail in details.items()}
    the_least = {key: a_value(detail) for key, detail in details.items() if detail.required}

    for values in (everything, the_least):
        for for_customers in {False, EVENTS[event].for_customers}:
            words = told(locale, event, for_customers=for_customers, **values)

            assert len(words) > 5
            assert "{" not in words


def test_no_two_languages_say_the_same() -> None:
    english, german = phrasebook().of("en"), phrasebook().of("de")

    same = [event for event in EVENTS if english.events[event] == german.events[event]]

    assert same == []


@pytest.mark.parametrize(
    ("event", "values", "english", "german"),
    [
        (Event.CLOSED, {}, "closed by Bart", "von Bart geschlossen"),
        (
            Event.CLOSED,
            {"cause": "customer-removed"},
            "closed: the customer was removed",
            "geschlossen: der Kunde wurde entfernt",
        ),
        (
            Event.REOPENED,
            {"cause": "reply"},
            "reopened: Bart wrote again",
            "wieder geöffnet: Bart hat noch einmal geschrieben",
        ),
        (
            Event.PUT_OFF,
            {"until": datetime(2026, 3, 5, 8, tzinfo=UTC)},
            "waits until Thu 5 Mar, 09:00, says Bart",
            "von Bart zurückgestellt bis Do. 5. März, 09:00",
        ),
        (
            Event.UNDELIVERED,
            {"mail": 3, "to": "anne@customer.example", "reply": "550 see dora@other.example"},
            "mail 3 to anne@customer.example was not delivered",
            "Mail 3 an anne@customer.example kam nicht an",
        ),
        (
            Event.COMMANDED,
            {"mail": 5, "commands": ("!close", "!status")},
            "mail 5 of Bart: !close, !status",
            "Mail 5 von Bart: !close, !status",
        ),
        (
            Event.ASKED,
            {"deed": "share", "address": "dora@other.example"},
            "Bart was asked to confirm: a contact of the account gets the mails of the ticket",
            "Bart wurde um Bestätigung gebeten: ein Kontakt des Kontos bekommt die Mails zu diesem Ticket",
        ),
    ],
)
def test_a_customer_reads_it_in_his_language(event: Event, values: dict[str, Any], english: str, german: str) -> None:
    assert (told("en", event, **values), told("de", event, **values)) == (english, german)


def test_what_is_kept_for_long_tells_the_year_in_whatever_zone() -> None:
    told = phrasebook().of("en").told_in("America/Los_Angeles", at=None)

    assert (
        told(Event.PUT_OFF, {"until": "2026-03-05T08:00:00Z"}, "Bart") == "waits until Thu 5 Mar 2026, 00:00, says Bart"
    )


def test_staff_read_the_values_that_customers_do_not() -> None:
    for_staff = told("en", Event.REOPENED, for_customers=False, cause="merge", other=7)
    for_customers = told("en", Event.REOPENED, cause="merge", other=7)

    assert for_staff == "reopened: #7 waits for an answer"
    assert for_customers == "reopened: a ticket that was merged into it waits for an answer"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("../de", "en")],
)
def test_a_language_without_sentences_of_its_own_reads_the_nearest(tag: str, language: str) -> None:
    assert phrasebook().of(tag) is phrasebook().of(language)


def test_who_acts_at_the_command_line_has_a_german_name() -> None:
    assert (BY, OPERATOR.name) in phrasebook().of("de").words
    assert told("de", Event.CLOSED, OPERATOR.name) == "von dem Betreiber geschlossen"


@given(name=HOSTILE, address=HOSTILE)
def test_a_value_is_put_in_as_it_is_and_never_read_again(name: str, address: str) -> None:
    words = told("en", Event.READER_ADDED, name, address=address)

    assert words == " ".join(f"{address} was added by {name}".split())


@pytest.mark.parametrize(
    ("event", "sentence", "problem"),
    [
        ("closed", [], "event.closed: no sentence"),
        ("closed", "  ", "event.closed: no sentence"),
        ("closed", "closed by {who}", "event.closed: there is no {who} here; there is by, cause"),
        (
            "undelivered",
            "mail {mail}: {reply}",
            "event.undelivered: {reply} is not always there, or not for customers: end with a sentence without it",
        ),
        ("clsoed", "closed", "event.clsoed: nothing is called so"),
    ],
)
def test_a_mistake_in_a_file_is_named_and_english_stands_in(event: str, sentence: object, problem: str) -> None:
    english = phrasebook().of("en")

    read, problems = read_sentences("de", {"event": {event: sentence}}, english)

    assert problem in problems
    assert read.events == english.events


def test_a_file_need_not_say_everything_again() -> None:
    english = phrasebook().of("en")

    read, _ = read_sentences("de", {"event": {"closed": "shut by {by}"}}, english)

    assert read.told_in("UTC", at=None)(Event.CLOSED, {}, "Bart") == "shut by Bart"
    assert read.events[Event.WARNED] == english.events[Event.WARNED]
