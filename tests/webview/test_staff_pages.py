"""The staff's pages: the queue in the order of waiting, held mail, the outbox."""

import re

from mailgate.letters.kind import Template
from mailgate.tickets.verbs.staff import STAFF
from tests.gate import BEGIN, BeginGate, Gate, Person
from tests.signing import Signer
from tests.verifying import verifying
from tests.webview.company import Company
from tests.webview.web import Web, running_web
from tests.zone import Zone


def test_who_has_waited_longest_comes_first_however_often_others_ask(web: Web, gate: Gate, bart: Person) -> None:
    anne, paul = gate.customer("Anne", "anne@customer.example"), gate.customer("Paul", "paul@stone.example")
    gate.deliver(anne.writes("First.", subject="Anne's"))
    gate.later(hours=1)
    gate.deliver(paul.writes("Second.", subject="Paul's"))
    gate.later(hours=1)
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Hello? I still wait."))

    page = web.signed_in(bart).get("/staff/").text

    assert re.findall(r'"/staff/tickets/(\d+)" dir', page) == ["1", "2"]
    assert "2 h" in page


def test_an_answer_ends_the_waiting_and_a_new_question_begins_it_anew(web: Web, gate: Gate, bart: Person) -> None:
    anne, paul = gate.customer("Anne", "anne@customer.example"), gate.customer("Paul", "paul@stone.example")
    gate.deliver(anne.writes("First.", subject="Anne's"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Answered."))
    gate.later(hours=1)
    gate.deliver(paul.writes("Second.", subject="Paul's"))
    gate.later(hours=1)
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "One more thing."))

    page = web.signed_in(bart).get("/staff/").text

    assert re.findall(r'"/staff/tickets/(\d+)" dir', page) == ["2", "1"]


def test_a_ticket_shows_how_each_mail_came_and_leads_to_its_header(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)

    page = browser.get(f"/staff/tickets/{company.story.mail_ticket}").text
    mail = browser.get("/staff/inbox/1").text

    assert "<summary>How it came</summary>" in page
    assert "smtp from 192.0.2.7" in page
    assert '<a href="/staff/inbox/1.eml">' in page
    assert re.search(r"<summary>Header \(\d+ fields\)</summary>", mail)
    assert "<dt>Message-ID</dt>" in mail


def test_a_mail_that_came_in_can_be_downloaded_byte_by_byte(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    raw = anne.writes("It is broken.")
    spool_id = gate.deliver(raw).id

    answer = web.signed_in(bart).get(f"/staff/inbox/{spool_id}.eml")

    assert answer.content == raw
    assert answer.headers["content-type"] == "message/rfc822"


def test_held_mail_says_why_and_how_to_decide(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)

    page = browser.get("/staff/held").text
    only_spam = browser.get("/staff/held?only=quarantined").text
    mail = browser.get(f"/staff/inbox/{company.story.held_mail}").text

    assert "its author is neither a customer&#39;s contact nor staff" in page
    assert "You won 1,000,000 EUR" in page
    assert "Nothing is held." in only_spam
    assert f"mailgate quarantine release {company.story.held_mail}" in mail


def test_the_outbox_shows_what_has_not_gone_and_why(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)
    row = company.gate.outbox(Template.CLOSED)[0]

    page = browser.get("/staff/outbox").text
    sent = browser.get("/staff/outbox?state=sent").text
    mail = browser.get(f"/staff/outbox/{row.id}").text

    assert f'"/staff/outbox/{row.id}"' in page
    assert "550 5.1.1" in page
    assert f'"/staff/outbox/{row.id}"' not in sent
    assert f"mailgate queue retry {row.id}" in mail


def test_a_held_answer_is_in_the_outbox_before_it_is_written(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))
    [held] = gate.outbox(Template.REPLY)

    with running_web(gate) as web:
        browser = web.signed_in(bart)
        page = browser.get("/staff/outbox").text
        mail = browser.get(f"/staff/outbox/{held.id}")
        missing = [browser.get(f"/staff/outbox/{held.id}{end}").status_code for end in (".eml", "/body", "/files/0")]

    assert f'"/staff/outbox/{held.id}"' in page
    assert "It is written just before the first attempt" in mail.text
    assert missing == [404, 404, 404]


def test_times_are_those_of_the_reader(company: Company) -> None:
    number = company.story.mail_ticket

    for_staff = company.web.signed_in(company.story.bart).get(f"/staff/tickets/{number}").text
    for_customer = company.web.signed_in(company.story.anne).get(f"/tickets/{number}").text

    assert '<time datetime="2026-03-02T10:00+01:00">Mon 2 Mar, 10:00</time>' in for_staff
    assert '<time datetime="2026-03-02T09:00+00:00">Mon 2 Mar, 09:00</time>' in for_customer


def test_the_path_without_its_slash_leads_to_the_queue(company: Company) -> None:
    answer = company.web.browser().get("/staff")

    assert (answer.status_code, answer.headers["location"]) == (308, "/staff/")


def test_a_ticket_shows_what_was_cut_away_from_a_mail_to_staff_alone(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken.\n\n-- \nAnne Miller, <b>Miller Ltd</b>"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Try again."))

    page = web.signed_in(bart).get("/staff/tickets/1").text
    hers = web.signed_in(anne).get("/tickets/1").text

    assert page.count("<summary>What was cut away</summary>") == 2
    assert "Anne Miller, &lt;b&gt;Miller Ltd&lt;/b&gt;" in page
    assert "&gt; Written by Anne Miller" in page
    assert "Written by Anne" not in hers
    assert "cut away" not in hers


def test_a_ticket_shows_how_far_each_sender_is_believed_and_why(begin: BeginGate) -> None:
    signer = Signer("customer.example")
    zone = Zone({"customer.example": "v=spf1 ip4:192.0.2.7 -all", signer.name: signer.record})
    gate = verifying(begin, zone)
    anne, bart = gate.customer("Anne", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    signed = anne.writes("One.", subject="[#1]", headers={"Date": "Mon, 02 Mar 2026 08:59:00 +0000"})
    gate.deliver(signer.sign(signed, at=BEGIN))
    gate.deliver(anne.writes("Two.", subject="[#1]"), sender=anne.address)
    gate.deliver(anne.writes("Three.", subject="[#1]"), peer="203.0.113.9")
    broken = gate.deliver(b"From: bart@hosting.example\r\n" + anne.writes("Four."))

    with running_web(gate) as web:
        browser = web.signed_in(bart)
        page = browser.get("/staff/tickets/1").text
        held = browser.get(f"/staff/inbox/{broken.id}").text

    shown = re.findall(r"<dt>Evidence</dt><dd>(\w): ([^<]*)</dd>", page)
    assert [level for level, _ in shown] == ["D", "S", "0"]
    assert "a DKIM signature of customer.example covers the mail" in shown[0][1]
    assert "SPF: 192.0.2.7 may send for customer.example" in shown[1][1]
    assert "<dt>Evidence</dt><dd>N: From must name exactly one mailbox" in held


def buttons_of(page: str) -> list[str]:
    """What the buttons of a page say."""
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<a class="button[^>]*>(.*?)</a>', page)]


def test_a_ticket_offers_what_can_be_done_with_it_as_it_stands(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.staff("Jane Poole", "jane@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(bart)

    before = buttons_of(browser.get("/staff/tickets/1").text)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!take\n!priority urgent\n!tag tls\n!close"))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!follow"))
    page = browser.get("/staff/tickets/1").text
    after = buttons_of(page)

    assert {"Take it", "Close", "It is urgent", "Follow", "Mute", "Jane Poole"} <= set(before)
    assert "Open it again" not in before
    assert "Bart Jones" not in before  # taking is a button of its own
    assert {"Open it again", "No longer urgent"} <= set(after)
    assert not {"Take it", "Close", "It is urgent", "Follow", "Mute"} & set(after)
    assert "<dt>With</dt><dd>Bart Jones</dd>" in page
    assert "<dt>Followed by</dt><dd><bdi>Bart Jones</bdi></dd>" in page
    assert '<a href="/staff/?state=all&amp;tag=tls"><bdi dir="ltr">#tls</bdi></a>' in page
    assert '<span class="chip urgent">Urgent</span>' in page


def test_of_a_ticket_that_is_part_of_another_only_words_are_ready(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("One.", subject="One"))
    gate.deliver(anne.writes("Two.", subject="Two"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!merge 1"))

    page = web.signed_in(bart).get("/staff/tickets/2").text

    assert buttons_of(page) == ["Reply to the customer"]
    assert "Your mail joins ticket 1." in page


def test_no_customer_sees_what_staff_said_of_a_ticket(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!take\n!priority urgent\n!tag annoying"))

    hers = [web.signed_in(anne).get(path).text for path in ("/tickets/1", "/tickets", "/tickets/1.txt", "/")]

    assert not [page for page in hers if "rgent" in page or "annoying" in page or "Followed" in page]


def test_the_help_of_staff_has_every_command_with_what_there_is_to_be_named(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.staff("Jane Poole", "jane@hosting.example")

    page = web.signed_in(bart).get("/help").text
    for_customers = web.signed_in(anne).get("/help").text
    for_nobody = web.browser().get("/help").text

    shown = re.findall(r"<code>([^<]*)</code></th>", page)
    verbs = [verb for where in ("ticket", "new", "anywhere") for verb in STAFF.verbs if verb.where == where]
    named = [example for example in shown if example.startswith("!")]
    assert len(named) == len(verbs)
    assert [
        verb.name for verb, example in zip(verbs, named, strict=True) if not example.startswith(f"!{verb.name}")
    ] == []
    assert {"!assign jane", "!away until 2026-03-09", "3 mine", "3 jane", "release 3 7"} <= set(shown)
    assert "Write from the address that is registered with us" not in page
    for other in (for_customers, for_nobody):
        assert "!assign" not in other
        assert "Jane" not in other
        assert "!status" in other
