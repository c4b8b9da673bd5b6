"""Each mail is in the language of its reader: a customer's own; staff and strangers get the gate's."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.billing.refund import RefundState, Way
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.back.returned import take_payment_back
from mailgate.flows.billing.card.link_letters import tell_card_removed, tell_card_saved, tell_link
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.papers.statement import statement_notices, statement_of
from mailgate.flows.billing.service import states, terms
from mailgate.flows.billing.service.add import Sold, add
from mailgate.flows.billing.service.ending import carry_out, end_of
from mailgate.flows.billing.told.letters import Consequence, card_notices, invoice_notices, refund_notices
from mailgate.flows.moving import customers
from mailgate.flows.moving.customer_table import CustomerRow
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Audience, Template
from mailgate.payments.provider import OfferKind
from mailgate.people import Role
from store import people, people_edits
from store.billing import invoices, payments
from store.billing.cards import SavedCard
from store.billing.offers import Offered, OfferStanding
from store.billing.refunds import Refund
from store.engine import transaction
from store.post.notices import stored
from store.post.outbox import Outgoing
from store.schema import outbox as outbox_rows
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person, Received
from tests.outbound.pseudo import PSEUDO, unmarked, write_pseudo

ADDRESS = re.compile(r"\S+@\S+|https?://\S+")
SIGN_IN = "sign-in@support.example"
# No command of today asks several people, so nobody is told that another one's yes was enough; and somebody to whom an
# invoice was sent on is no customer, whose language nobody knows.
TO_CUSTOMERS = tuple(
    template
    for template in Template
    if template.kind.audience is not Audience.STAFF and template not in {Template.CONFIRMED, Template.PAY_HERE}
)
ABOUT_INVOICES = (
    Template.INVOICE_CREATED,
    Template.INVOICE_REMINDER_BEFORE,
    Template.INVOICE_REMINDER_DUE,
    Template.INVOICE_REMINDER_AFTER,
)


def read(mail: Received) -> str:
    """The words of a mail, wherever its lines end."""
    return " ".join(mail.text.split())


def everything_to(gate: Gate, anna: Person, bart: Person, language: str = "de-AT") -> None:
    """Provoke every kind of mail that a customer may get, all of them to Anna or her colleague."""
    cc = {"Cc": "bob@partner.example"}
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Bea", "bea@customer.example", (Role.SUPPORT,), now=gate.now)
        people.add_contact(conn, 1, "Dora", "dora@customer.example", (Role.SUPPORT,), now=gate.now)
    dora = Person("Dora", "dora@customer.example")
    gate.deliver(anna.writes("Es geht nicht.", files=[("setup.exe", "application/octet-stream", b"MZ")]))
    first = gate.mailbox(anna)[0]
    gate.deliver(bart.writes("!announce everybody\nWir ziehen um.", subject="Umzug"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "yes"))
    gate.deliver(bart.writes("!customer edit bea@customer.example\nemail: bea2@customer.example", subject="Bea"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "yes"))
    bea = Person("Bea", "bea2@customer.example")
    gate.deliver(bea.replies(gate.mailbox(bea)[0], "ja"))
    gate.deliver(anna.replies(first, "Hier noch eine.", files=[("a.exe", "application/octet-stream", b"MZ")]))
    gate.deliver(dora.writes("Und das.", headers=cc))
    gate.deliver(anna.replies(first, "!help"))
    gate.deliver(anna.replies(first, f"!resend {gate.outbox(Template.ACKNOWLEDGEMENT)[0].id}"))
    gate.deliver(anna.replies(first, "!add bob@partner.example"))
    gate.deliver(anna.writes("", to=SIGN_IN))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Bitte noch einmal."))
    other = gate.mailbox(dora)[0].message["Reply-To"]
    gate.deliver(anna.replies(first, "Wohin?", to=str(other)))  # an address that was made for somebody else
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close"))
    gate.later(hours=25)
    gate.later(hours=60)
    row = CustomerRow(2, "old-1", "Neu", "neu@customer.example", None, None, None, language)
    for welcome in (Template.MIGRATED, Template.WELCOME):
        customers.apply(
            gate.parts.engine, gate.parts.settings, [row], template=welcome, now=gate.now, progress=lambda *_: None
        )
        row = CustomerRow(3, "old-2", "Neu", "neu2@customer.example", None, None, None, language)
    gate.work()


def money_to(gate: Gate) -> None:
    """Every kind of mail about money, to customer 1; `account-migrated` is among the others."""
    money = Collector.begin(gate)
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_customer(conn, 1, {"country": "DE"})
    site, sold = money.sell(1)
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        invoice = invoices.get(conn, sold.id)
        told = [one for template in ABOUT_INVOICES for one in invoice_notices(act, template, invoice)]
        for template, kind in ((Template.SERVICE_SUSPEND_WARNING, "suspend"), (Template.SERVICE_END_WARNING, "end")):
            follows = Consequence(kind, gate.now.date() + timedelta(days=7), ("Web",))
            told += invoice_notices(act, template, invoice, consequence=follows)
        charge = {"card": "Visa 4242", "amount_minor": 1190, "currency": "EUR", "on": gate.now.date().isoformat()}
        told += invoice_notices(act, Template.CHARGE_NOTICE, invoice, charge=charge)
        told += invoice_notices(
            act, Template.PAYMENT_FAILED, invoice, charge={**charge, "why": "soft", "again_on": None}
        )
        told += card_notices(act, 1, {"label": "Visa 4242", "ends_on": gate.now.date().isoformat()})
        back = Refund(
            0, 1, None, None, Way.BY_HAND, "", "EUR", 500, RefundState.RECORDED, gate.now.date(), "Bart", "", gate.now,
            method="check", reference="4711",
        )  # fmt: skip
        told += refund_notices(act, back)
        told += statement_notices(act, statement_of(conn, 1, gate.now.date(), now=gate.now))
        notify(act, told, cause=None)
    gate.work()
    money.pay(sold.number, 500)
    paid = money.pay(sold.number)
    with money.deal(1) as deal:
        payment = payments.get(deal.conn, paid.payment_id)
        take_payment_back(deal, payment, entry_id=1, on=deal.day)
    money.pay(sold.number, money.invoice(sold.number).open_minor)
    with money.deal(1) as deal:
        settle.give(deal, "EUR", 500, reason="sorry")
        states.suspend(deal, site, reason="moved")
    with money.deal(1) as deal:
        states.restore(deal, money.service(site))
    with money.deal(1) as deal:
        other, (billed,) = add(deal, Sold("web", 1))
    with money.deal(1) as deal:
        take_back.credit(deal, invoices.get(deal.conn, billed.id), 100, reason="sorry")
        terms.change(deal, other, *terms.quote_new_terms(deal, other, sku="big"))
    with money.deal(1) as deal:
        carry_out(deal, end_of(deal, money.service(site), at_end=False))
    gate.work()


def cards_to(gate: Gate) -> None:
    """The mails about links and cards: of contact 1 of customer 1, and to whoever an invoice was sent on to."""
    link = "https://pay.example.net/1"
    card = SavedCard(0, 1, "stripe", "cus_1", "pm_1", "visa", "4242", None, gate.now)
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        for kind, currency in ((OfferKind.CARD, ""), (OfferKind.DEPOSIT, "EUR")):
            tell_link(
                act,
                Offered(0, kind, 1, None, "stripe", currency, 5000, OfferStanding.OPEN, gate.now, None, 1, url=link),
            )
        tell_card_saved(act, card, before=None, asked=None)
        tell_card_removed(act, card, but=None)
    gate.work()


@pytest.fixture
def sent(gate: Gate) -> Mapping[Template, Outgoing]:
    """One mail of each kind, as it was sent to customers of Austria."""
    anna = gate.customer("Anna", "anna@customer.example", language="de-AT", timezone="Asia/Tokyo")
    everything_to(gate, anna, gate.staff("Bart Jones", "bart@hosting.example"))
    money_to(gate)
    cards_to(gate)
    return {row.notice.template: row for row in gate.outbox()}


def test_each_kind_of_mail_to_customers_is_in_their_language(sent: Mapping[Template, Outgoing]) -> None:
    languages = {template: sent[template].notice.locale for template in TO_CUSTOMERS}

    assert languages == dict.fromkeys(TO_CUSTOMERS, "de-AT")
    assert sent[Template.REPLY].notice.zone == "Asia/Tokyo"
    words = {template: " ".join((sent[template].text or "").split()) for template in TO_CUSTOMERS}
    silent = {template for template, text in words.items() if "Antworten Sie einfach auf diese Mail" not in text}
    assert silent == {Template.SIGN_IN}
    assert "dieser Link öffnet in den nächsten 30 Minuten Ihre Seiten" in words[Template.SIGN_IN]
    assert "Ticket 1 am Mi. 4. März, 07:00 Uhr" in words[Template.AUTOCLOSE_WARNING]


@pytest.mark.parametrize(
    ("zone", "asked", "until"),
    [
        ("Asia/Tokyo", "am Mo. 2. März, 18:00 Uhr", "bis Di. 3. März, 18:00 Uhr"),
        ("Europe/Berlin", "am Mo. 2. März, 10:00 Uhr", "bis Di. 3. März, 10:00 Uhr"),
    ],
)
def test_what_a_german_customer_commands_is_answered_in_german_and_in_his_zone(
    gate: Gate, zone: str, asked: str, until: str
) -> None:
    anna = gate.customer("Anna", "anna@customer.example", language="de", timezone=zone)
    gate.deliver(anna.writes("Es geht nicht.", subject="Keine Mails seit Montag"))
    acknowledgement = gate.mailbox(anna)[0]
    gate.deliver(anna.replies(acknowledgement, "!add bob@partner.example"))
    question = gate.mailbox(anna)[1]
    gate.deliver(anna.replies(question, "ja"))
    gate.deliver(anna.replies(acknowledgement, "!status\n!tickets"))
    gate.deliver(anna.replies(acknowledgement, "!clsoe"))
    added, status, misread = (read(mail) for mail in gate.mailbox(anna)[2:5])

    assert acknowledgement.subject == "Re: Keine Mails seit Montag [#1]"
    assert "vielen Dank, Ihre Mail ist angekommen." in read(acknowledgement)
    assert "Ticket schließen: einfach mit !close antworten." in read(acknowledgement)
    assert f"Darum bat uns eine Mail von Ihrer Adresse {asked}:" in read(question)
    assert "bob@partner.example wird Ansprechpartner Ihres Kontos für den Support" in read(question)
    assert "ja nein" in read(question)
    assert f"mit einem Wort in der ersten Zeile und {until}:" in read(question)
    assert "bob@partner.example bekommt ab jetzt die Mails zum Ticket #1." in added
    assert "Das Ticket #1 ist offen: Wir sind an der Reihe." in status
    assert f"- Eröffnet: {asked.removeprefix('am ').removesuffix(' Uhr')} -" in status
    assert "- #1, offen: Keine Mails seit Montag" in status
    assert "- !clsoe: diesen Befehl gibt es nicht. Meinten Sie !close?" in misread
    assert "- !search invoice march: Ihre Tickets und Mails" in misread


def test_no_sentence_to_a_customer_stands_outside_of_the_templates(begin: BeginGate, tmp_path: Path) -> None:
    gate = begin(templates={"directory": write_pseudo(tmp_path)})
    anna = gate.customer("Anna", "anna@customer.example", language=PSEUDO)
    everything_to(gate, anna, gate.staff("Bart Jones", "bart@hosting.example"), PSEUDO)
    first = gate.mailbox(anna)[0]
    for commands in (
        "!close\n!status", "!reopen\n!tickets\n!help", "!search Wohin\n!search status:opne\n!search x:y\n!resend 999",
        "!stop\n!stop it", "!add nobody", "!status\n!status", "!clsoe", "!resend 1",
    ):  # fmt: skip
        gate.later(hours=1)
        gate.deliver(anna.replies(first, commands))
    money_to(gate)

    known = (
        *("Anna", "Neu", "Dora", "Bart Jones", "Example Hosting", "No mail since Monday", "setup.exe", "a.exe", "exe"),
        *(
            "Es geht nicht.",
            "Hier noch eine.",
            "Und das.",
            "Bitte noch einmal.",
            "Umzug",
            "Wir ziehen um.",
            "Wohin",
            "status:opne",
            "x:",
            "yes",
            "no",
        ),
        *("nobody", "it", "“open”", "invoice march"),
        *(
            "EUR",
            "CN",
            "Web",
            "Big",
            "VAT",
            "sorry",
            "moved",
            "GmbH",
            "DE",
            "RF",
            "Visa",
        ),  # of the shop, its bank, a card
    )
    receipts = gate.outbox(Template.RECEIPT)
    walked = {row.notice.template for row in gate.outbox() if row.notice.locale == PSEUDO}
    escaped = {
        (row.notice.template, *words)
        for row in gate.outbox()
        if row.notice.locale == PSEUDO and (words := unmarked(ADDRESS.sub(" ", f"{row.subject}\n{row.text}"), known))
    }
    assert len(receipts) > 8
    assert {*ABOUT_INVOICES, Template.STATEMENT, Template.PAYMENT_RECEIPT, Template.SERVICE_CANCELLED} <= walked
    assert escaped == set()


def test_staff_and_strangers_are_written_to_in_the_language_of_the_gate(begin: BeginGate, cris: Person) -> None:
    gate = begin(gate={"language": "de", "timezone": "Europe/Zurich"})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    gate.staff("Bart Jones", "bart@hosting.example")

    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.writes("", to=SIGN_IN))
    gate.deliver(Person("Bart Jones", "bart@hosting.example").writes("", to=SIGN_IN))
    gate.deliver(cris.writes("Do you sell servers?"))

    tongues = {(row.notice.template, row.notice.locale, row.notice.zone) for row in gate.outbox()}
    assert tongues == {
        (Template.ACKNOWLEDGEMENT, "en", "UTC"),
        (Template.NOTIFICATION, "de", "Europe/Zurich"),
        (Template.SIGN_IN, "en", "UTC"),
        (Template.SIGN_IN, "de", "Europe/Zurich"),
        (Template.HELD, "de", "Europe/Zurich"),
    }


def test_lines_for_staff_alone_are_found_in_every_language(begin: BeginGate) -> None:
    gate = begin(gate={"language": "de"})
    anna, bart = gate.customer("Anna", "anna@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anna.writes("Es geht nicht."))
    notification = gate.mailbox(bart)[0]
    last_line = notification.text.rstrip().splitlines()[-1]

    gate.deliver(bart.replies(notification, f"Jetzt geht es.\n{last_line}"))

    assert last_line.startswith("Die erste Zeile darf sein: !note")
    assert gate.outbox(Template.REPLY) == ()
    assert gate.mailbox(bart)[-1].text.startswith("Ihre Mail kommt zurück, und nichts ging hinaus.")


def test_a_mail_that_was_queued_by_an_older_version_still_leaves(gate: Gate, anne: Person) -> None:
    gate.accept(anne.writes("It is broken."))
    gate.parts.receive(1, gate.now)
    with transaction(gate.parts.engine) as conn:
        older = {name: value for name, value in stored(gate.outbox()[0].notice).items() if name != "zone"}
        conn.execute(outbox_rows.update().values(notice=older))

    gate.work()

    assert gate.mailbox(anne)[0].subject == "Re: No mail since Monday [#1]"
