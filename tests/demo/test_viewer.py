"""The viewer: being somebody, reading, writing, and what the gate makes of it."""

import re

from tests.demo.place import ANN, BOB, SUPPORT, Place

QUESTION = "Since Monday every mail to info@example.org comes back."


def test_one_may_be_anybody_who_is_registered(place: Place) -> None:
    page = place.get()

    for name in ("Ann Miller", "Owen Reed", "Bob Jones", "Tina Busy"):
        assert name in page
    assert "colleague at Ann Miller" in page
    assert "mail to this address is put off" in page
    assert "No mail yet" in place.get(f"{ANN}/")


def test_a_mail_that_is_written_there_is_a_ticket_and_the_page_shows_what_was_made_of_it(place: Place) -> None:
    page = place.write(ANN, QUESTION)

    assert "Opened a ticket" in page
    assert "D: " in page
    assert "Kept as new words" in page
    assert place.ticket(1).subject == "No mail since Monday"
    assert place.mail_with(BOB, QUESTION)


def test_a_reply_joins_the_ticket_and_its_quotation_is_cut_away(place: Place) -> None:
    place.write(ANN, QUESTION)

    page = place.reply(BOB, place.mail_with(BOB, QUESTION), "The disk was full.")

    answer = place.mail_with(ANN, "The disk was full.")
    assert "Joined a ticket" in page
    kept, _, cut = page.partition("Kept as new words")[2].partition("Cut away")
    assert "The disk was full." in kept
    assert "> Since Monday" not in kept
    assert "> Since Monday" in cut
    assert answer.message["References"] is not None
    [question, reply] = [line for line in place.get(f"{BOB}/").splitlines() if "out-" in line or "in-1" in line]
    assert "Re: No mail since Monday" in question + reply


def test_the_words_that_opened_a_ticket_again_are_what_was_kept_of_a_mail(place: Place) -> None:
    place.write(ANN, QUESTION)
    command = place.reply(BOB, place.mail_with(BOB, QUESTION), "!close")

    again = place.reply(ANN, place.mail_with(ANN, "We have closed"), "It is broken again.")

    assert "Kept as new words" not in command
    assert "It is broken again." in again.partition("Kept as new words")[2].partition("</section>")[0]


def test_a_note_of_staff_does_not_reach_the_customer(place: Place) -> None:
    place.write(ANN, QUESTION)

    page = place.reply(BOB, place.mail_with(BOB, QUESTION), "!note\nThe disk is too small.\n")

    assert "The disk is too small." in page
    assert not any("too small" in text for text in place.texts(ANN))


def test_a_mail_is_shown_as_text_and_as_it_came_over_the_wire(place: Place) -> None:
    place.write(ANN, QUESTION)
    acknowledgement = place.mail_with(ANN, "ticket")

    text, source = place.get(f"{ANN}/in-1"), place.get(f"{ANN}/in-1?view=source")

    assert acknowledgement.text.splitlines()[0] in text
    assert "Auto-Submitted: auto-replied" in source
    assert "Auto-Submitted: auto-replied" not in text


def test_an_answer_stands_below_its_question_in_the_threads(place: Place) -> None:
    place.write(ANN, QUESTION)
    place.reply(BOB, place.mail_with(BOB, QUESTION), "The disk was full.")
    answer = place.mail_with(ANN, "The disk was full.")
    place.reply(ANN, answer, "Thank you!")
    place.write(ANN, "Another matter.", subject="Another matter")

    page = place.get(f"{ANN}/?view=threads")

    other, first = page.split('aria-label="Thread ')[1:]
    assert "Another matter" in other
    assert 'class="deep0"' in first
    assert 'class="deep1"' in first
    assert first.count("<li") == 4


def test_a_mail_to_nobody_here_is_refused_and_stays_in_the_form(place: Place) -> None:
    page = place.write(ANN, QUESTION, to="nobody@elsewhere.example")

    assert "Not sent: " in page
    assert "550" in page
    assert QUESTION in page


def test_a_line_break_in_the_subject_makes_no_header_field(place: Place) -> None:
    page = place.write(ANN, QUESTION, subject="Hello\r\nBcc: paul@stone.example")

    assert "Not sent: " in page


def test_the_web_view_opens_signed_in_as_the_person(place: Place) -> None:
    place.write(ANN, QUESTION)

    customer = place.browser.get(f"{place.viewer.url}{ANN}/pages")
    staff = place.browser.get(f"{place.viewer.url}{BOB}/pages")

    assert "Ann Miller" in place.browser.get(f"{customer.url}/go").text or "Ann Miller" in customer.text
    assert "Continue" in staff.text or "open ticket" in staff.text


def test_a_mail_by_any_other_program_is_in_the_mailbox_too(place: Place) -> None:
    raw = f"From: Ann Miller <{ANN}>\r\nTo: {SUPPORT}\r\nSubject: By hand\r\n\r\nHello\r\n".encode()

    place.send_by_hand(raw, ANN)

    assert "By hand" in place.get(f"{ANN}/")


def test_a_search_finds_the_mails_that_have_all_words_in_any_case_and_no_other(place: Place) -> None:
    place.write(ANN, QUESTION)
    place.write(ANN, "Which one is mine?", subject="An invoice")

    found = place.get(f"{ANN}/?q=MONDAY%20info@")
    threads = place.get(f"{ANN}/?q=which+mine&view=threads")
    nothing = place.get(f"{ANN}/?q=monday%20mine")

    assert "No mail since Monday" in found
    assert "An invoice" not in found
    assert 'value="MONDAY info@"' in found
    assert "An invoice" in threads
    assert "No mail since Monday" not in threads
    assert "No mail has all these words" in nothing


def test_what_is_searched_for_is_text(place: Place) -> None:
    page = place.browser.get(f"{place.viewer.url}{ANN}/", params={"q": '"><script>'}).text

    assert "<script>" not in page


def test_a_ticket_stands_side_by_side_as_each_person_has_it(place: Place) -> None:
    place.write(ANN, QUESTION)
    question = place.mail_with(BOB, QUESTION)
    place.reply(BOB, question, "!note\nThe disk is too small.\n")
    made = place.reply(BOB, question, "The disk was full.")
    place.mail_with(ANN, "The disk was full.")
    place.write(ANN, "Another matter.", subject="Another matter")

    page = place.get("tickets/1")

    columns = {part.partition("<")[0]: part for part in re.split(r'<h2 id="of\d">', page)[1:]}
    assert list(columns) == ["Ann Miller", "Bob Jones", "Jane Poole"]
    assert "The disk was full." in columns["Ann Miller"]
    assert "too small" not in columns["Ann Miller"]
    assert "too small" in columns["Bob Jones"]
    assert "pages?to=/tickets/1" in columns["Ann Miller"]
    assert "pages?to=/staff/tickets/1" in columns["Jane Poole"]
    assert "Another matter" not in page
    assert f"{place.viewer.play.root}/tickets/1" in made


def test_a_ticket_that_is_not_there_has_no_page(place: Place) -> None:
    for number in ("1", "9" * 30):
        assert place.browser.get(f"{place.viewer.url}tickets/{number}").status_code == 404
