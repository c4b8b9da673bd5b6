"""Payers for random histories of money: what they, their banks and the provider do, by the doors of its double."""

import random
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.money.amount import written
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.demo.provider.serve import Provider as Double
from mailgate.demo.provider.wire.refusals import Object
from mailgate.flows.billing.bank.importing import import_lines
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.offers import ask_for_link
from mailgate.payments.provider import OfferKind
from mailgate.wiring import Parts
from store import people
from store.billing import cards, offers
from store.billing.bank import FromFile
from store.billing.cards import SavedCard
from store.billing.invoices import Issued
from store.engine import reading, transaction
from tests.billing.statements import Books, Pays, Says, camt
from tests.flows.billing.trade import Trade, noon
from tests.servers.provider import ProviderDouble

CARDS = (
    "pm_card_visa", "pm_card_visa", "pm_card_mastercard", "pm_card_pendingRefund", "pm_card_refundFail",
    "pm_card_refundFailed", "pm_card_refundRefused", "pm_card_createDispute", "pm_sepa_debit", "pm_sepa_debit_fails",
    "pm_card_chargeDeclined", "pm_card_authenticationRequired",
)  # fmt: skip
BEHAVES = (
    "pays", "pays", "pays", "settles", "bounces", "insufficient_funds", "lost_card", "authentication_required",
    "refund_pending", "refund_fails", "refund_refused",
)  # fmt: skip
BREAKS = ("drop_before", "drop_after", "500", "500_after", "429", "lock_timeout")
HANGS = ("timeout_before", "timeout_after")
PATHS = (
    "POST /v1/payment_intents$", "POST /v1/payment_intents/.*/confirm", "POST /v1/payment_intents/.*/cancel",
    "GET /v1/payment_intents", "POST /v1/refunds", "GET /v1/refunds", "POST /v1/payment_links", "GET /v1/checkout",
    "GET /v1/events", "GET /v1/disputes", "",
)  # fmt: skip
BEGIN = date(2026, 1, 20)


@dataclass
class Payers:
    """A company's customers, with their cards, and what else there is in a history."""

    trade: Trade
    parts: Parts
    server: Double
    chance: random.Random
    day: date = BEGIN
    people: dict[int, str] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)

    @property
    def double(self) -> ProviderDouble:
        """The provider, and what its payers may do."""
        return ProviderDouble(self.server.url)

    @property
    def on(self) -> str:
        """Today."""
        return self.day.isoformat()

    @property
    def now(self) -> datetime:
        """The instant of its acts."""
        return noon(self.day)

    def due(self) -> object:
        """All that is due."""
        return self.parts.run_due(self.now)

    def pay_by_link(self) -> object:
        """By an open link, or by one that he has kept."""
        found = self._offers()
        link = self.chance.choice([one for one in found if one.startswith("plink")])
        if self.chance.random() < 0.3:
            return self.double.open_link(link)
        return self.double.pay_link(link, self.chance.choice(CARDS))

    def pay_by_old_page(self) -> object:
        """A page that stood open, whatever became of it."""
        page = self.chance.choice(self._there("checkout.session", "open"))
        return self.double.pay_session(page["id"], self.chance.choice(CARDS))

    def dispute(self) -> object:
        """A part of a payment, or all of it."""
        charge = self.chance.choice(self._there("charge", "succeeded"))
        if self.chance.random() < 0.7:
            return self.double.dispute(charge["id"])
        step = {"kwd": 10, "isk": 100}.get(charge["currency"], 1)
        return self.double.dispute(charge["id"], amount=max(step, charge["amount"] // 2 // step * step))

    def end_dispute(self) -> None:
        """The bank decides."""
        one = self.chance.choice(self._there("dispute", "needs_response"))
        self.double.end_dispute(one["id"], won=self.chance.random() < 0.5)

    def end_refund(self) -> None:
        """It arrives, or comes back."""
        one = self.chance.choice(self._there("refund", "pending"))
        self.double.end_refund(one["id"], ok=self.chance.random() < 0.5)

    def settle(self) -> object:
        """What takes days is over."""
        intent = self.chance.choice(self._there("payment_intent", "processing"))
        return self.double.settle(intent["id"], ok=self.chance.random() < 0.7)

    def change_card(self) -> None:
        """From now on a card behaves in another way."""
        with reading(self.parts.engine) as conn:
            card = cards.kept(conn, self.chance.choice(list(self.people)), "stripe")
        if card is None:
            raise IndexError
        self.double.card_does(card.token, self.chance.choice(BEHAVES))

    def pay_out(self) -> object:
        """What the provider has goes to the bank, and comes back at times."""
        payout = self.double.pay_out(self.chance.choice(list(self.people.values())).lower())
        return self.double.play(f"payouts/{payout}/fail") if self.chance.random() < 0.2 else None

    def break_some(self) -> None:
        """Some of the next calls get no answer, before or after their effect."""
        kinds = HANGS if self.chance.random() < 0.15 else BREAKS
        self.double.fault(self.chance.choice(PATHS), self.chance.choice(kinds), self.chance.choice((1, 1, 2)))

    def new_card(self) -> object:
        """A card is given, or a link for one is asked for."""
        return self.give_card(self.chance.choice(list(self.people)))

    def deposit(self) -> object:
        """A link for credit, which is paid at once or later."""
        number, currency = self.chance.choice(list(self.people.items()))
        with self._deal(number) as deal:
            contact = people.get_customer(deal.conn, number).contacts[0]
            amount = {"JPY": 5000, "ISK": 5000, "KWD": 5010}.get(currency, 5000)
            found = ask_for_link(
                deal, OfferKind.DEPOSIT, contact_id=contact.id, spool_id=None, currency=currency, amount_minor=amount
            )
        self.due()
        if found is None:
            return None
        with reading(self.parts.engine) as conn:
            offer = offers.get(conn, found)
        return self.double.pay_session(str(offer.provider_id), self.chance.choice(CARDS))

    def import_file(self) -> object:
        """Transfers with and without a reference, too much and too little; returns; at times an old file again."""
        if self.files and self.chance.random() < 0.2:
            raw = self.chance.choice(self.files)
        else:
            raw = camt(*(Says(entries, currency=currency) for currency, entries in self._transfers().items()))
            self.files.append(raw)
        file = FromFile(sha256(raw).hexdigest(), "bank.xml", 1)
        lines = keyed(read_camt([raw]))
        return import_lines(self.parts.engine, self.parts.settings, lines, file, by="Bart", now=self.now)

    def _transfers(self) -> dict[str, list[Books]]:
        found: dict[str, list[Books]] = {}
        for one in (self.chance.choice(self._issued()) for _ in range(self.chance.randint(1, 3))):
            minor = self.chance.choice((one.open_minor, one.open_minor, one.open_minor // 2, one.open_minor + 777))
            amount, mark = written(minor or 100, one.currency), f"E{self.chance.random()}"
            is_sure = self.chance.random() < 0.7
            reference, text = (one.reference, "") if is_sure else ("", f"{one.number}, thanks")
            pays = Pays(name="Anne", end_to_end=mark, reference=reference, text=text)
            entry = Books(amount, [pays], on=self.on, currency=one.currency)
            found.setdefault(one.currency, []).append(entry)
            if self.chance.random() < 0.3:
                back = Pays(name="Anne", end_to_end=mark, returned=True)
                found[one.currency].append(Books(amount, [back], "DBIT", self.on, one.currency))
        return found

    def give_card(self, number: int) -> int:
        """The customer has a card there and here."""
        with reading(self.parts.engine) as conn:
            token = cards.customer_token(conn, number, "stripe")
            before = cards.kept(conn, number, "stripe")
        token = token or self.double.customer()
        card = SavedCard(0, number, "stripe", token, self.double.card(token), "visa", "4242", None, self.now)
        with transaction(self.parts.engine) as conn:
            cards.know(conn, number, "stripe", token, now=self.now)
            if before is not None:
                cards.remove(conn, before.id, by="a newer card", now=self.now)
            return cards.add(conn, card)

    def _there(self, kind: str, status: str | None = None) -> list[Object]:
        """What the provider has of a kind, seen without a call, for those are counted and break."""
        return [one for one in self.server.state.all(kind) if status is None or one["status"] == status]

    def _deal(self, number: int) -> AbstractContextManager[Deal]:
        return self.trade.deal(number, self.on)

    def _issued(self) -> list[Issued]:
        """Those of which something is open rather than others."""
        found = [one for one in self.trade.all() if one.total_minor]
        still_open = [one for one in found if one.state is DocumentState.ISSUED]
        return still_open if still_open and self.chance.random() < 0.7 else found

    def _offers(self) -> list[str]:
        with reading(self.parts.engine) as conn:
            found = [one for number in self.people for one in offers.listing(conn, customer_id=number)]
        alive = [one for one in found if one.state.value == "open"]
        some = alive if alive and self.chance.random() < 0.8 else found
        return [one.provider_id for one in some if one.provider_id]
