"""What happens to an account's money or services is told to its people: once, to the right ones, and as it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service import add as adding
from mailgate.flows.billing.told.letters import invoice_notices
from mailgate.flows.billing.told.payers import readers_of_money
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.notice import MadeFile, Notice
from mailgate.people import Role
from store import people, people_edits
from store.billing import dunning, invoices
from store.billing.payments import Payment
from store.engine import reading, transaction
from store.post import outbox, suppressions
from tests.flows.billing.trade import Trade, d, noon

NOON = noon(d("2026-04-01"))


def told(trade: Trade) -> list[Notice]:
    """Every mail that was called for, in its order, but for the welcomes of services."""
    with reading(trade.engine) as conn:
        found = [row.notice for row in outbox.listing(conn)]
    return [one for one in found if one.template is not Template.SERVICE_WELCOME]


def kinds(trade: Trade) -> list[Template]:
    return [one.template for one in told(trade)]


def values(trade: Trade) -> Mapping[str, Any]:
    """Of the last mail."""
    return told(trade)[-1].values


def shown(trade: Trade) -> list[Mapping[str, Any]]:
    """Of each of them."""
    return [one.values for one in told(trade)]


def contact(trade: Trade, customer_id: int, name: str, *roles: Role) -> int:
    with transaction(trade.engine) as conn:
        return people.add_contact(conn, customer_id, name, f"{name}@customer.example", roles, now=NOON).id


def readers(trade: Trade, customer_id: int) -> list[str]:
    with transaction(trade.engine) as conn:
        return [one.name for one in readers_of_money(Act.begin(conn, trade.settings, NOON), customer_id)]


def lose(trade: Trade, name: str) -> None:
    """The address takes no mail."""
    with transaction(trade.engine) as conn:
        suppressions.add(conn, f"{name}@customer.example", "no such user", since=NOON, until=NOON.replace(year=2027))


def test_contacts_for_invoices_stand_in_the_place_of_the_owner(trade: Trade, anne: int) -> None:
    assert readers(trade, anne) == ["Anne"]
    contact(trade, anne, "gerda", Role.GENERAL)
    contact(trade, anne, "ina", Role.INVOICE)
    contact(trade, anne, "ivo", Role.INVOICE, Role.SUPPORT)
    assert readers(trade, anne) == ["ina", "ivo"]


def test_whoever_cannot_be_reached_gives_way_to_the_owner_and_then_to_anybody(trade: Trade, anne: int) -> None:
    contact(trade, anne, "ina", Role.INVOICE)
    contact(trade, anne, "gerda", Role.GENERAL)
    lose(trade, "ina")
    assert readers(trade, anne) == ["Anne"]
    lose(trade, "anne")
    assert readers(trade, anne) == ["gerda"]
    lose(trade, "gerda")
    assert readers(trade, anne) == ["ina"]  # never nobody: the failure is for whoever sends to see


def test_accounts_that_are_billed_elsewhere_hear_nothing_of_money(trade: Trade) -> None:
    dora = trade.customer("Dora", billed_elsewhere=True)
    trade.add(dora, "small", on="2026-04-01")
    trade.give(dora, "5.00", on="2026-04-02")

    with reading(trade.engine) as conn:
        assert outbox.listing(conn) == ()


def test_a_payment_is_receipted_once(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    trade.pay(invoice.number, "11.90", on="2026-04-02")

    assert kinds(trade) == [Template.PAYMENT_RECEIPT]
    said = values(trade)
    came = {"amount_minor": 1190, "currency": "EUR", "on": "2026-04-02", "method": "transfer", "label": ""}
    assert said["payment"] == came
    assert [one["number"] for one in said["settled"]] == [invoice.number]
    assert (said["open"], said["credit_minor"]) == ([], 0)


def test_part_of_it_is_said_to_be_part_and_how_the_rest_is_paid(trade: Trade, anne: int) -> None:
    seller = replace(trade.settings.seller, iban="DE02120300000000202051", bic="BYLADEM1001")
    trade.settings = replace(trade.settings, seller=seller)
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    trade.pay(invoice.number, "5.00", on="2026-04-02")

    assert kinds(trade) == [Template.PAYMENT_PARTIAL]
    said = values(trade)
    assert [(one["number"], one["open_minor"]) for one in said["open"]] == [(invoice.number, 690)]
    assert said["transfer"]["iban"] == "DE02 1203 0000 0000 2020 51"
    assert said["transfer"]["reference"].startswith("RF")


def test_more_than_was_open_is_said_to_be_credit_in_the_same_mail(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    _, (second,) = trade.add(anne, "large", on="2026-04-01")

    trade.pay(first.number, "20.00", on="2026-04-02")

    assert kinds(trade) == [Template.PAYMENT_RECEIPT]
    said = values(trade)
    assert [one["number"] for one in said["settled"]] == [first.number]
    assert [(one["number"], one["open_minor"]) for one in said["open"]] == [(second.number, 3570 - 810)]
    assert said["credit_minor"] == 0
    trade.pay(second.number, "30.00", on="2026-04-03")
    assert values(trade)["credit_minor"] == 30_00 - (35_70 - 8_10)


def test_money_for_what_is_settled_is_told_as_credit(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "11.90", on="2026-04-02")

    trade.pay(invoice.number, "11.90", on="2026-04-03", as_credit=True)

    assert kinds(trade) == [Template.PAYMENT_RECEIPT, Template.CREDIT_ADDED]
    assert values(trade)["credit_minor"] == 1190


def test_credit_that_pays_what_falls_due_is_receipted_and_credit_is_told_when_it_comes(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01", start_on=d("2026-04-20"))

    trade.give(anne, "30.00", on="2026-04-02")
    trade.use_credit(anne, on="2026-04-20")
    trade.use_credit(anne, on="2026-04-20")

    assert kinds(trade) == [Template.CREDIT_ADDED, Template.PAYMENT_RECEIPT]
    gift, receipt = shown(trade)
    assert gift["payment"]["method"] == ""
    assert gift["credit_minor"] == 3000
    assert receipt["payment"]["method"] == "credit"
    assert receipt["payment"]["amount_minor"] == trade.invoice(invoice.number).total_minor


def test_of_an_invoice_that_credit_pays_at_once_its_own_mail_says_so(trade: Trade, anne: int) -> None:
    trade.give(anne, "30.00", on="2026-04-01")
    trade.add(anne, "small", on="2026-04-01")

    assert kinds(trade) == [Template.CREDIT_ADDED]


def test_a_deposit_says_what_it_has_paid(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    with trade.deal(anne, "2026-04-02") as deal:
        one = Payment(0, anne, "check", "1", "EUR", 2000, deal.day, deal.now, "Bart")
        settle.deposit(deal, one, least_minor=1000)

    assert kinds(trade) == [Template.CREDIT_ADDED]
    said = values(trade)
    assert [one["number"] for one in said["settled"]] == [invoice.number]
    assert (said["payment"]["method"], said["credit_minor"]) == ("check", 810)


def test_a_credit_note_says_what_it_lowers_and_what_becomes_credit(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")

    trade.credit(invoice.number, "1.19", on="2026-04-02")
    lowered = values(trade)
    trade.pay(invoice.number, "10.71", on="2026-04-03")
    trade.credit(invoice.number, "1.19", on="2026-04-04")

    assert kinds(trade) == [Template.INVOICE_CREDITED, Template.PAYMENT_RECEIPT, Template.INVOICE_CREDITED]
    assert [(one["number"], one["open_minor"]) for one in lowered["lowered"]] == [(invoice.number, 1071)]
    assert lowered["invoice"]["originals"] == [invoice.number]
    assert (values(trade)["lowered"], values(trade)["credit_minor"]) == ([], 119)
    assert [one.maker for one in told(trade)[-1].attachments if isinstance(one, MadeFile)] == ["document-pdf"]


def test_what_is_taken_back_before_its_mail_leaves_is_told_to_nobody(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    with transaction(trade.engine) as conn:
        dunning.look_at(conn, {invoice.id: NOON})

    trade.void(invoice.number, on="2026-04-01")

    assert kinds(trade) == []


def test_what_is_taken_back_later_is_told(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "5.00", on="2026-04-02")
    with transaction(trade.engine) as conn:
        dunning.look_at(conn, {invoice.id: None})

    trade.void(invoice.number, on="2026-04-03")

    said = values(trade)
    assert kinds(trade) == [Template.PAYMENT_PARTIAL, Template.INVOICE_CREDITED]
    assert [(one["number"], one["state"]) for one in said["lowered"]] == [(invoice.number, "void")]
    assert said["credit_minor"] == 500


def test_a_service_is_told_of_from_its_beginning_to_its_end(trade: Trade, anne: int) -> None:
    service, _ = trade.add(anne, "small", on="2026-04-01", domain="a.example")
    trade.change(service, on="2026-04-02", sku="medium")
    trade.suspend(service, on="2026-04-03")
    trade.restore(service, on="2026-04-04")
    trade.cancel(service, on="2026-04-05")

    with reading(trade.engine) as conn:
        found = [row.notice for row in outbox.listing(conn) if row.notice.about_id == service.id]
    of_it = [one for one in found if one.template.value.startswith("service-")]
    assert [one.template for one in of_it] == [
        Template.SERVICE_WELCOME,
        Template.SERVICE_CHANGED,
        Template.SERVICE_SUSPENDED,
        Template.SERVICE_RESTORED,
        Template.SERVICE_CANCELLED,
    ]
    said: list[Any] = [one.values for one in of_it]
    assert [one["service"]["product"] for one in said] == ["Small", "Medium", "Medium", "Medium", "Medium"]
    assert [one["service"]["is_over"] for one in said] == [False, False, False, False, True]
    assert said[0]["document"]["kind"] == said[1]["document"]["kind"] == "invoice"
    assert said[4]["document"]["kind"] == "credit-note"


def test_what_was_paid_for_elsewhere_or_is_only_ordered_is_not_welcomed(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-04-01", paid_through=d("2026-04-30"))
    trade.add(anne, "medium", on="2026-04-01", is_pending=True)

    with reading(trade.engine) as conn:
        assert [row for row in outbox.listing(conn) if row.notice.template is Template.SERVICE_WELCOME] == []


def test_a_contact_for_products_hears_of_a_service_and_sees_no_prices(trade: Trade, anne: int) -> None:
    contact(trade, anne, "pia", Role.PRODUCT)

    trade.add(anne, "small", on="2026-04-01")

    with reading(trade.engine) as conn:
        said: dict[str, Any] = {row.notice.to_name: row.notice.values for row in outbox.listing(conn)}
    assert said["Anne"]["service"]["price_minor"] == 1000
    assert said["Anne"]["document"]["total_minor"] == 1190
    assert (said["pia"]["service"]["price_minor"], said["pia"]["document"]) == (None, None)


def test_a_quiet_deal_tells_nobody(trade: Trade, anne: int) -> None:
    with trade.deal(anne, "2026-04-01") as deal:
        quiet = replace(deal, is_quiet=True)
        adding.add(quiet, adding.Sold("small", 1))
        settle.give(quiet, "EUR", 500, reason="")

    with reading(trade.engine) as conn:
        assert outbox.listing(conn) == ()


def test_an_invoice_s_mail_names_what_is_open_and_what_credit_will_pay(trade: Trade, anne: int) -> None:
    trade.give(anne, "10.00", on="2026-04-01")
    _, (first,) = trade.add(anne, "small", on="2026-04-01", start_on=d("2026-04-20"))
    _, (second,) = trade.add(anne, "small", on="2026-04-01", start_on=d("2026-04-25"))

    with transaction(trade.engine) as conn:
        act = Act.begin(conn, trade.settings, NOON)
        found = [invoices.get(conn, one.id) for one in (first, second)]
        [notice] = invoice_notices(act, Template.INVOICE_REMINDER_BEFORE, found[0], also=found[1:])

    in_all = sum(one.open_minor for one in found)
    assert notice.values["sums"] == [
        {"currency": "EUR", "open_minor": in_all, "credit_minor": 1000, "to_pay_minor": in_all - 1000}
    ]
    assert (notice.about_id, notice.customer_id) == (first.id, anne)
    assert notice.reply_to is not None


@pytest.mark.parametrize("gets_files", [True, False])
def test_a_contact_may_have_a_link_in_the_place_of_the_file(trade: Trade, anne: int, gets_files: bool) -> None:
    web = replace(trade.settings.web, public_url="https://desk.example.net")
    trade.settings = replace(trade.settings, web=web)
    assert trade.settings.page() is not None
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    with transaction(trade.engine) as conn:
        [owner] = people.get_customer(conn, anne).contacts
        people_edits.edit_contact(conn, owner.id, gets_files=gets_files)
        act = Act.begin(conn, trade.settings, NOON)
        [notice] = invoice_notices(act, Template.INVOICE_CREATED, invoices.get(conn, invoice.id), with_file=True)

    assert (len(notice.attachments), notice.values["has_file"]) == (int(gets_files), gets_files)
    shown: Any = notice.values["invoice"]
    assert shown["page"] == f"https://desk.example.net/invoices/{invoice.number}"
