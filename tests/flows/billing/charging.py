"""A company whose customers have saved cards, for stories about charging them, an instant after the other."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mailgate.config import Settings
from mailgate.config.settings import Payments, ProviderName
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.card.charge import Begun, WhyNot, charge_now
from mailgate.flows.billing.provider.charging import Charger
from mailgate.flows.due import DueKind, due, meet
from mailgate.jobs import FailPoint, Job, no_fail_point
from mailgate.payments.terms import terms_of
from store.billing import cards, charges, invoices, ledger
from store.billing.cards import SavedCard
from store.billing.charges import Charge
from store.engine import reading, transaction
from store.post import outbox
from store.schema import dunning_steps
from tests.flows.billing.trade import Trade
from tests.payments.memory import Memory

COLLECTING = (DueKind.CHARGE, DueKind.COLLECT, DueKind.CREDIT, DueKind.LADDER, DueKind.CARD_EXPIRING)


def with_cards(settings: Settings) -> Settings:
    """Somebody handles cards."""
    payments = Payments(provider=ProviderName.STRIPE, secret_key_file=Path("/nonexistent/key"))
    return replace(settings, payments=payments)


@dataclass
class Counter:
    """The trade, its provider, and what falls due of both."""

    trade: Trade
    provider: Memory = field(default_factory=Memory)
    fail_point: FailPoint = no_fail_point

    @classmethod
    def begin(cls, trade: Trade) -> "Counter":
        """It takes cards from now on."""
        trade.settings = with_cards(trade.settings)
        return cls(trade)

    def card(self, customer_id: int, token: str = "pm_visa", **more: Any) -> int:
        """A customer has a card."""
        card = SavedCard(0, customer_id, "stripe", "cus_1", token, "visa", "4242", None, at("2026-01-01"))
        with transaction(self.trade.engine) as conn:
            return cards.add(conn, replace(card, **more))

    def look(self, when: str) -> None:
        """Do what is due of money at an instant, until nothing is."""
        now = at(when)
        for _ in range(20):
            with reading(self.trade.engine) as conn:
                items = [one for one in due(conn, settings=self.trade.settings, at=now) if one.kind in COLLECTING]
            if not items:
                return
            for one in items:
                self.meet(one.kind, one.object, now)
        raise AssertionError(f"without end: {items}")

    def meet(self, kind: DueKind, number: int, now: datetime) -> None:
        """One thing."""
        meet(self.trade.engine, kind, [number], settings=self.trade.settings, enqueue=_nothing, now=now)
        if kind is DueKind.CHARGE:
            self.work(number, now)

    def work(self, charge_id: int, now: datetime) -> None:
        """The job of a charge."""
        Charger(self.trade.engine, self.trade.settings, self.provider, self.fail_point)(charge_id, now)

    def now(
        self, customer_id: int, when: str, numbers: list[str] | None = None, currency: str = "EUR"
    ) -> Begun | WhyNot:
        """Somebody wants it charged."""
        ids = None if numbers is None else [self.trade.invoice(number).id for number in numbers]
        with transaction(self.trade.engine) as conn:
            deal = deal_with(conn, self.trade.settings, customer_id, Today(at(when)), by="Bart")
            assert deal is not None
            terms = terms_of(self.trade.settings.payments)
            return charge_now(deal, terms, currency, ids, asked_by="Bart")

    def charges(self) -> tuple[Charge, ...]:
        """All there are."""
        with reading(self.trade.engine) as conn:
            return charges.listing(conn)

    def states(self) -> list[str]:
        """How they stand."""
        return [one.state.value for one in self.charges()]

    def mails(self) -> list[str]:
        """Of which kinds mails were written."""
        with reading(self.trade.engine) as conn:
            return [one.notice.template.value for one in outbox.listing(conn)]

    def notice(self, template: str) -> dict[str, Any]:
        """What the last mail of a kind says."""
        with reading(self.trade.engine) as conn:
            return [dict(one.notice.values) for one in outbox.listing(conn) if one.notice.template.value == template][
                -1
            ]

    def steps(self, number: str) -> list[tuple[str, str]]:
        """What was done about an invoice."""
        invoice = self.trade.invoice(number)
        with reading(self.trade.engine) as conn:
            query = select(dunning_steps.c.step, dunning_steps.c.outcome).where(
                dunning_steps.c.invoice_id == invoice.id
            )
            return [(row.step, row.outcome) for row in conn.execute(query.order_by(dunning_steps.c.done_at))]

    def at_provider(self, currency: str = "EUR") -> int:
        """What our books say that the provider has for us."""
        with reading(self.trade.engine) as conn:
            found = ledger.balances(conn)
        return sum(
            minor for line, minor in found.items() if (line.account, line.currency) == ("assets:stripe", currency)
        )

    def blocked(self, card_id: int) -> str:
        """Why a card is charged no more."""
        with reading(self.trade.engine) as conn:
            found = cards.find(conn, card_id)
        assert found is not None
        return found.blocked_because

    def open(self, number: str) -> int:
        """What is open of an invoice."""
        with reading(self.trade.engine) as conn:
            found = invoices.find(conn, number)
        assert found is not None
        return found.open_minor


def at(when: str) -> datetime:
    """An instant, in Berlin's winter or summer unless it says otherwise: "2026-03-01" is its first."""
    read = datetime.fromisoformat(when)
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo("Europe/Berlin"))


def _nothing(job: Job, row_id: int) -> None:
    """Jobs are sent by hand here."""
