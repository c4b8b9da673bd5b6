"""Which mails of ours a customer's contact sees."""

from sqlalchemy import insert

from mailgate.letters.kind import Template
from store.engine import transaction
from store.schema import outbox
from store.schema import staff as staff_table
from tests.gate import Gate, Person
from tests.webview.company import Company
from tests.webview.crawler import crawl
from tests.webview.web import Web


def test_contacts_see_the_mails_to_their_own_address_and_the_owner_those_of_all(company: Company) -> None:
    owner, contact = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.dora)
    rows = company.gate.outbox()
    to_anne = {row.id for row in rows if row.notice.to_address == company.story.anne.address}
    to_dora = {row.id for row in rows if row.notice.to_address == company.story.dora.address}

    def seen_by_owner(mail: int) -> bool:
        return owner.get(f"/mails/{mail}").status_code == 200

    def seen_by_contact(mail: int) -> bool:
        return contact.get(f"/mails/{mail}").status_code == 200

    assert {row.id for row in rows if seen_by_owner(row.id)} == to_anne | to_dora
    assert {row.id for row in rows if seen_by_contact(row.id)} == to_dora


def test_mail_to_staff_about_a_customer_is_not_the_customers_even_at_the_same_address(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    with transaction(gate.parts.engine) as conn:
        also = {"name": "Anne", "address": anne.address, "address_key": anne.address, "created_at": gate.now}
        conn.execute(insert(staff_table).values(**also))
    gate.deliver(anne.writes("And this too.", subject="More"), to="support@support.example")
    with transaction(gate.parts.engine) as conn:
        conn.execute(staff_table.delete().where(staff_table.c.address == anne.address))

    page = web.signed_in(anne).get("/mails").text

    assert "To staff" not in page
    assert gate.outbox(Template.NOTIFICATION)


def test_live_links_are_never_read(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    with transaction(gate.parts.engine) as conn:
        conn.execute(outbox.update().values(secret={"link": "http://x/in/LIVE"}, live=b"LIVE"))

    pages = [
        browser.get(path).text
        for browser, start in ((web.signed_in(anne), "/"), (web.signed_in(bart), "/staff/"))
        for path in crawl(browser, start)
    ]

    assert not any("LIVE" in page for page in pages)
