"""A hundred invoices of a year go through a real Postfix to a real Dovecot, and are opened as their readers do."""

import email.policy
import io
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.parser import BytesParser
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import facturx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from mailgate.billing.document.invoice import DocumentState
from mailgate.outbound.document.xml import Syntax
from store.engine import reading
from store.schema import invoices
from tests.outbound.document.rules import broken
from tests.program import Sections, configured
from tests.real_billing.people import PLACES
from tests.real_billing.shop import DIGITS
from tests.real_billing.year import Life, major
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import needed
from tests.servers.postfix import start_postfix
from tests.servers.process import wait_until

pytestmark = [pytest.mark.server, pytest.mark.alone]

WANTED = 100
CUSTOMERS = 9 * len(PLACES)
DAYS = 76

UNTAXED = """
[[tax]]
country = "GB"
rate = "0"
category = "Z"
name = "Zero rate"

[[tax]]
country = "NZ"
rate = "0"
category = "E"
name = "Exempt"
"""
"""Two categories that the sample has none of."""

SECTIONS: Sections = {
    "seller": {"register_id": "HRB 12345 B", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"},
    # The accounts of a new company do not look like those of the last months.
    "billing": {"fuse_least": 1_000_000},
}


SUMS = ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation"
TERMS = {
    "number": "./{*}ExchangedDocument/{*}ID",
    "due": ".//{*}SpecifiedTradePaymentTerms/{*}DueDateDateTime/{*}DateTimeString",
    "net": f"{SUMS}/{{*}}TaxBasisTotalAmount",
    "total": f"{SUMS}/{{*}}GrandTotalAmount",
    "open": f"{SUMS}/{{*}}DuePayableAmount",
    "category": ".//{*}ApplicableHeaderTradeSettlement/{*}ApplicableTradeTax/{*}CategoryCode",
}
"""Where the CII has them."""


@dataclass
class MailedLife(Life):
    """The same life, and the program does all that is due: it brings what it issued, and reminds."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.text += UNTAXED

    def night(self, day: date, hour: time) -> None:
        super().night(day, hour)
        self.parts.run_due(datetime.combine(day, hour, UTC))


@dataclass(frozen=True)
class Posted:
    """An invoice, and the mail that brought it as it lies in its reader's mailbox."""

    model: Any
    mail: EmailMessage

    @property
    def files(self) -> dict[str, bytes]:
        """Attached, by their types."""
        found = {}
        for part in self.mail.iter_attachments():
            content = part.get_content()
            assert isinstance(content, bytes)
            found[part.get_content_type()] = content
        return found

    def body(self, kind: str) -> str:
        """The text or the HTML part."""
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())

    @property
    def pdf(self) -> str:
        """What another program reads in the file."""
        command = ["pdftotext", "-layout", "-", "-"]
        done = subprocess.run(command, input=self.files["application/pdf"], capture_output=True, check=True, timeout=30)
        return done.stdout.decode()

    @property
    def xml(self) -> bytes | None:
        """The e-invoice that lies within the PDF."""
        name, content = facturx.get_facturx_xml_from_pdf(io.BytesIO(self.files["application/pdf"]), check_xsd=False)
        return content if name else None

    @property
    def kind(self) -> tuple[str, str]:
        """The category of its tax, and its currency."""
        (category, *_) = {tax["category"] for tax in self.model["taxes"]}
        return category, self.model["currency"]

    def amounts(self) -> Iterator[str]:
        """All of them, as somebody types them."""
        for line in self.model["lines"]:
            yield major(abs(line["net_minor"]), self.model["currency"])
        yield major(self.model["total_minor"], self.model["currency"])


@dataclass(frozen=True)
class Year:
    """What was issued, by numbers, and all that has come to the mailboxes of its readers."""

    models: dict[str, Any]
    mails: dict[str, list[EmailMessage]]  # by user

    def bringing(self, number: str) -> list[EmailMessage]:
        """The mails that brought an invoice."""
        user = f"c{self.models[number]['buyer']['customer_id']}"
        return [one for one in self.mails[user] if str(one["Subject"]).startswith(f"Invoice {number},")]

    def posted(self) -> list[Posted]:
        """All that was brought, in the order of issue."""
        return [Posted(model, self.bringing(number)[0]) for number, model in self.models.items()]

    def of_each_kind(self) -> list[Posted]:
        """The first of each category of tax in each currency."""
        found: dict[tuple[str, str], Posted] = {}
        for one in self.posted():
            found.setdefault(one.kind, one)
        return list(found.values())


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Iterator[Year]:
    """The first hundred invoices of a year, delivered."""
    with needed():
        behind = start_postfix(main_cf=dovecot.main_cf, master_cf=dovecot.master_cf)
    try:
        smarthost = {"smarthost": {"address": behind.address, "tls": "none"}}
        life = MailedLife(configured(tmp_path_factory.mktemp("year"), {**SECTIONS, **smarthost}), seed=13)
        life.live(CUSTOMERS, DAYS, outage=(DAYS, DAYS), told=lambda _: None)
        wait_until(lambda: not behind.queue(), what="all mail delivered", within_seconds=60)
        life.parts.close()
        yield Year(dict(issued(life)), {f"c{one.id}": inbox(dovecot, f"c{one.id}") for one in life.buyers})
    finally:
        behind.stop()


def issued(life: Life) -> Iterator[tuple[str, Any]]:
    """The first invoices of runs, with their frozen models.

    What a command issues is issued today, in no year that was lived; and what staff took back before its mail was due
    is not brought.
    """
    with reading(life.parts.engine) as conn:
        rows = conn.execute(
            select(invoices.c.number, invoices.c.model)
            .where(invoices.c.run_id.is_not(None), invoices.c.state != DocumentState.VOID)
            .order_by(invoices.c.id)
            .limit(WANTED)
        )
        for number, model in rows:
            yield number, json.loads(model)


def inbox(dovecot: Dovecot, user: str) -> list[EmailMessage]:
    """A mailbox as a mail client reads it."""
    parser = BytesParser(EmailMessage, policy=email.policy.default)
    found = [parser.parsebytes(raw) for raw in dovecot.mails(user)]
    return [one for one in found if isinstance(one, EmailMessage)]


def long_date(iso: str) -> str:
    """As it is written in English: with the whole name of the month in a mail, and its first letters on paper."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def as_read(text: str) -> str:
    """With one blank, amounts without commas, and dates as in a mail."""
    text = re.sub(r"\s+", " ", text)  # among them those that do not break
    for month in range(1, 13):
        text = re.sub(f"{date(2025, month, 1):%b}" + r" (?=\d{4})", f"{date(2025, month, 1):%B} ", text)
    return text.replace(",", "")


def test_a_hundred_invoices_arrive_once_each_with_their_files(year: Year) -> None:
    assert len(year.models) == WANTED

    assert {number: len(year.bringing(number)) for number in year.models} == dict.fromkeys(year.models, 1)
    mails = [mail for found in year.mails.values() for mail in found]
    assert max(Counter(str(mail["Message-ID"]) for mail in mails).values()) == 1
    for one in year.posted():
        assert list(one.files) == ["application/pdf"], one.model["number"]
        assert (one.xml is None) == (one.model["currency"] == "KWD"), one.model["number"]


def test_of_each_kind_all_that_a_reader_opens_says_the_same(year: Year, chromium: Browser) -> None:
    kinds = year.of_each_kind()
    assert {category for category, _ in (one.kind for one in kinds)} == {"S", "Z", "E", "AE", "O"}
    assert {currency for _, currency in (one.kind for one in kinds)} == {"EUR", "GBP", "USD", "JPY", "KWD"}

    with chromium.new_context(offline=True, java_script_enabled=False) as client:
        asked: list[str] = []
        client.on("request", lambda request: asked.append(request.url))
        for one in kinds:
            page = client.new_page()
            page.set_content(one.body("html"))
            shown = {
                "text": as_read(one.body("plain")),
                "HTML": as_read(page.inner_text("body")),
                "PDF": as_read(one.pdf),
            }
            page.close()
            said = [one.model["number"], long_date(one.model["due_on"]), *one.amounts()]
            missing = [(name, word) for name, text in shown.items() for word in said if word not in text]
            assert missing == [], (one.kind, shown)
    assert asked == []


def test_of_each_kind_the_e_invoice_passes_the_official_rules_and_says_what_the_document_says(year: Year) -> None:
    kinds = [one for one in year.of_each_kind() if one.model["currency"] != "KWD"]
    found = [one.xml for one in kinds]

    assert broken([(Syntax.CII, content or b"") for content in found]) == [[]] * len(kinds)
    for one, content in zip(kinds, found, strict=True):
        root = ElementTree.fromstring(content or b"")
        digits = DIGITS[one.model["currency"]]
        terms = {name: [element.text or "" for element in root.iterfind(path)] for name, path in TERMS.items()}
        assert terms["number"] == [one.model["number"]]
        assert terms["due"] == [one.model["due_on"].replace("-", "")]
        for name, key in (("total", "total_minor"), ("open", "total_minor"), ("net", "net_minor")):
            assert [Fraction(amount) * 10**digits for amount in terms[name]] == [one.model[key]], one.kind
        assert {*terms["category"]} == {one.kind[0]}
