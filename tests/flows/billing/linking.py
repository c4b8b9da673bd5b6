"""A company whose invoices have links, at the provider's double: what is wanted, made, paid and closed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from mailgate.config.settings import Payments, ProviderName
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.card.cards import CardForgetter
from mailgate.flows.billing.invoicing.offers import ask_for_link
from mailgate.flows.billing.provider.keep_links import LinkKeeper
from mailgate.jobs import FailPoint, Job, no_fail_point
from mailgate.payments.provider import OfferKind, Provider
from mailgate.payments.stripe import Stripe
from store import people
from store.billing import cards, invoices, ledger, offers
from store.billing.cards import SavedCard
from store.billing.invoices import Issued
from store.billing.offers import Offered
from store.engine import reading, transaction
from store.post import outbox, work
from store.post.outbox import Outgoing
from tests.flows.billing.trade import Trade, d, noon
from tests.servers.provider import KEY, ProviderDouble


@dataclass
class Window:
    """The trade, and the provider at whose pages its customers pay."""

    trade: Trade
    double: ProviderDouble
    stripe: Provider
    now: datetime
    fail_point: FailPoint = no_fail_point

    @classmethod
    def open(cls, trade: Trade, double: ProviderDouble, directory: Path, *, on: str) -> "Window":
        """The company takes payments by link from now on."""
        key = directory / "key"
        key.write_text(KEY)
        payments = Payments(provider=ProviderName.STRIPE, secret_key_file=key, api_url=double.url)
        trade.settings = replace(trade.settings, payments=payments)
        double.set_clock(noon(d(on)))
        return cls(trade, double, Stripe(key, url=double.url), noon(d(on)))

    def sell(self, customer_id: int, *, on: str) -> Issued:
        """A plan, with its invoice."""
        _, done = self.trade.add(customer_id, "small", on=on)
        with reading(self.trade.engine) as conn:
            return invoices.get(conn, done[0].id)

    def work(self, *, after: timedelta = timedelta(0)) -> None:
        """Do what is due of links and cards, until nothing is."""
        self.now += after
        for _ in range(20):
            with reading(self.trade.engine) as conn:
                due = {job: work.overdue(conn, job, now=self.now, limit=99) for job in (Job.OFFER, Job.CARD)}
            if not any(due.values()):
                return
            for job, rows in due.items():
                for number, _ in rows:
                    self.look(job, number)
        raise AssertionError("without end")

    def look(self, job: Job, number: int) -> None:
        """One job."""
        engine = self.trade.engine
        if job is Job.OFFER:
            LinkKeeper(engine, self.trade.settings, self.stripe, _nothing, self.fail_point)(number, self.now)
        else:
            CardForgetter(engine, self.stripe, self.fail_point)(number, self.now)

    def ask(self, customer_id: int, kind: OfferKind, amount_minor: int = 0) -> Offered:
        """The account's owner asks for a link, which is made."""
        with transaction(self.trade.engine) as conn:
            deal = deal_with(conn, self.trade.settings, customer_id, Today(self.now), by="Anne")
            assert deal is not None
            contact = people.get_customer(conn, customer_id).contacts[0]
            currency = deal.payer.customer.currency if amount_minor else ""
            number = ask_for_link(
                deal, kind, contact_id=contact.id, spool_id=None, currency=currency, amount_minor=amount_minor
            )
        assert number is not None
        self.work()
        return self.offer(number)

    def offer(self, offer_id: int) -> Offered:
        """As it stands."""
        with reading(self.trade.engine) as conn:
            return offers.get(conn, offer_id)

    def offers(self, customer_id: int) -> Sequence[Offered]:
        """All of an account."""
        with reading(self.trade.engine) as conn:
            return offers.listing(conn, customer_id=customer_id)

    def states(self, customer_id: int) -> list[tuple[str, int]]:
        """How they stand, and for how much."""
        return [(one.state.value, one.amount_minor) for one in self.offers(customer_id)]

    def invoice(self, invoice_id: int) -> Issued:
        """As it stands."""
        with reading(self.trade.engine) as conn:
            return invoices.get(conn, invoice_id)

    def card(self, customer_id: int) -> SavedCard | None:
        """The one that is kept."""
        with reading(self.trade.engine) as conn:
            return cards.kept(conn, customer_id, self.stripe.name)

    def credit(self, customer_id: int, currency: str = "EUR") -> int:
        """Of an account."""
        with reading(self.trade.engine) as conn:
            return ledger.credit(conn, customer_id, currency)

    def mails(self) -> Sequence[Outgoing]:
        """That were written."""
        with reading(self.trade.engine) as conn:
            return outbox.listing(conn)

    def kinds(self) -> list[str]:
        """Of which kinds they are."""
        return [one.notice.template.value for one in self.mails()]


def _nothing(job: Job, row_id: int) -> None:
    """Jobs are sent by hand here."""
