"""Sessions: how long they last, what ends them, and how their cookies are set."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import update

from store.engine import transaction
from store.schema import contacts, customers, participants, staff
from tests.gate import Gate, Person
from tests.webview.story import Story
from tests.webview.web import Web, running_web


def test_a_session_of_a_contact_lasts_thirty_days_and_one_of_staff_twelve_hours(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    customer, member = web.signed_in(anne), web.signed_in(bart)

    gate.now += timedelta(hours=13)
    after_hours = (customer.get("/").status_code, member.get("/staff/").status_code)
    gate.now += timedelta(days=30)
    after_days = customer.get("/").status_code

    assert after_hours == (200, 303)
    assert after_days == 303


def test_a_raised_epoch_ends_sessions_and_links(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    customer, member, word = web.signed_in(anne), web.signed_in(bart), web.word(anne)
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(customers).values(epoch=1))
        conn.execute(update(staff).values(epoch=1))

    answers = (customer.get("/"), member.get("/staff/"), web.browser().get(f"/in/{word}"))

    assert [answer.status_code for answer in answers] == [303, 303, 410]


def test_a_contact_who_was_removed_is_signed_out(web: Web, story: Story, gate: Gate) -> None:
    browser = web.signed_in(story.dora)
    path = f"/tickets/{story.dora_ticket}"
    before = browser.get(path).status_code
    with transaction(gate.parts.engine) as conn:
        gone = contacts.c.address == story.dora.address
        ours = participants.c.address == story.dora.address
        conn.execute(update(participants).where(ours).values(contact_id=None))
        conn.exec_driver_sql("UPDATE entries SET contact_id = NULL")
        conn.execute(contacts.delete().where(gone))

    after = browser.get(path)

    assert before == 200
    assert after.status_code == 303
    assert after.headers["location"] == "/sign-in"


def test_signing_out_needs_the_key_that_only_the_visitor_has(web: Web, story: Story) -> None:
    browser = web.signed_in(story.anne)
    key = browser.get("/").text.partition("/out?k=")[2].partition('"')[0]

    by_image = browser.get("/out")
    wrong = browser.get("/out?k=x")
    looked_ahead = browser.get(f"/out?k={key}", headers={"sec-purpose": "prefetch"})
    still = browser.get("/").status_code
    signed_out = browser.get(f"/out?k={key}")

    assert not any("set-cookie" in answer.headers for answer in (by_image, wrong, looked_ahead))
    assert still == 200
    assert "You are signed out" in signed_out.text
    assert browser.get("/").status_code == 303


def test_cookies_are_bound_to_the_host_and_to_tls_where_there_is_tls(gate: Gate, anne: Person) -> None:
    with running_web(gate, public_url="https://desk.example") as web:
        host = {"host": "desk.example"}
        asked = web.browser().post("/sign-in", data={"email": anne.address}, headers=host)
        answer = web.browser().get(f"/in/{web.word(anne)}/go", headers=host)

    [session, nonce] = [one.headers["set-cookie"].lower() for one in (answer, asked)]
    assert session.startswith("__host-mg=")
    assert nonce.startswith("__host-mg-nonce=")
    for cookie in (session, nonce):
        assert "; secure" in cookie
        assert "; httponly" in cookie
        assert "; samesite=lax" in cookie
        assert "; path=/" in cookie
        assert "domain=" not in cookie


def test_the_log_names_who_signed_in_and_never_the_word(
    web: Web, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    word = web.word(anne)

    browser = web.browser()
    browser.get(f"/in/{word}/go")
    browser.put(f"/in/{word}")

    assert "signed in contact=1 customer=1 by=link" in caplog.text
    assert _only_by_client(caplog, word)
    assert _only_by_client(caplog, browser.cookies["mg"])


def _only_by_client(caplog: pytest.LogCaptureFixture, word: str) -> bool:
    return all(record.name.startswith("http") for record in caplog.records if word in record.getMessage())
