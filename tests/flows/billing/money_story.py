"""Random histories of money: every way by which it comes and goes, in four currencies, with a provider that fails.

All of it goes by the doors of the program, what is due by the sweep; the provider is the demo's double, whose clock and
books are its own. What is refused, by us or by the provider, is a part of the history.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from stripe import StripeError

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.ledger.accounts import provider as account_of
from mailgate.billing.money.amount import written
from mailgate.billing.payment.bank import EntryState
from mailgate.billing.service import ENDED, Service
from mailgate.config import load
from mailgate.config.settings import Payments, ProviderName
from mailgate.demo.provider.serve import Provider as Double
from mailgate.errors import Permanent, Temporary
from mailgate.flows.billing.back.refund_by_hand import keep, record, retry
from mailgate.flows.billing.bank import deciding
from mailgate.flows.billing.card.charge import charge_now
from mailgate.flows.billing.money.refund import give_back
from mailgate.jobs import Job
from mailgate.payments.stripe import Stripe
from mailgate.payments.units import nearest_minor
from mailgate.wiring import build
from store import people
from store.billing import bank, catalogue, refunds, services
from store.engine import reading, transaction
from tests.flows.billing.money_payers import Payers
from tests.flows.billing.trade import SHIPPED, SHOP, Trade, d, noon
from tests.servers.process import free_port
from tests.servers.provider import KEY, Refused

PEOPLE = (("Anne", "EUR"), ("Bart", "EUR"), ("Yuki", "JPY"), ("Khalid", "KWD"), ("Inga", "ISK"))
HANG_SECONDS = 1.0
LEAPS = (0, 0, 0, 0, 1, 1, 2, 5, 9, 16, 33)


@dataclass
class MoneyStory(Payers):
    """One history, always the same for its seed."""

    done: Counter[str] = field(default_factory=Counter)
    _latest: date = date.min

    def begin(self) -> None:
        """Customers, some with a card, and each with a service."""
        text = re.sub(r"JPY = (\{[^}]*\})", r"\g<0>, ISK = \1", SHOP.read_text())
        with transaction(self.parts.engine) as conn:
            shop = read_catalogue(text.encode(), "shop.toml")
            catalogue.add(conn, shop, by="Bart", now=noon(d("2026-01-01")))
            people.add_staff(conn, "Bart", "bart@desk.example", now=noon(d("2026-01-01")))
        self.double.set_clock(self.now)
        for name, currency in PEOPLE:
            number = self.trade.customer(name, currency=currency)
            self.people[number] = currency
            if name != "Bart":
                self.give_card(number)
            self.trade.add(number, "small", on=self.on)

    def act(self) -> str:
        """Some days later, or a few earlier, one act; what is refused writes nothing. Returns what it was."""
        leap = self.chance.choice(LEAPS) if self.chance.random() > 0.05 else -2
        self.go(leap)
        chosen: Callable[[], object] = self.chance.choice((
            self.sell, self.run, self.run, self.due, self.due, self.due, self.pay_by_link, self.pay_by_link,
            self.pay_by_old_page, self.charge, self.change_card, self.import_file, self.import_file, self.match,
            self.deposit, self.send_back, self.dispute, self.dispute, self.end_dispute, self.end_refund, self.settle,
            self.pay_out, self.change, self.cancel, self.cancel, self.void, self.credit, self.write_off, self.give,
            self.break_some, self.break_some, self.by_hand, self.new_card,
        ))  # fmt: skip
        name = chosen.__name__
        try:
            chosen()
        except (Permanent, Temporary, Refused, StripeError):
            name = f"refused: {name}"
        except IndexError:  # there is nothing yet of what was chosen
            name = f"nothing: {name}"
        self.done[name] += 1
        self.trade.assert_whole()
        return name

    def go(self, days: int) -> None:
        """Time passes, at the provider too, which is never led back."""
        self.day += timedelta(days=days)
        if self.day > self._latest:
            self.double.set_clock(self.now)
            self._latest = self.day

    def rest(self) -> None:
        """Nothing breaks any more, and nobody does anything: what is under way ends."""
        self.double.no_faults()
        for _ in range(3):
            for ending in (self.settle, self.end_refund):
                while self._quietly(ending):
                    pass
            for days in (1, 1, 2, 3):
                self.go(days)
                self.due()
        self.trade.assert_whole()

    def _quietly(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except IndexError:
            return False
        return True

    def balances(self) -> dict[str, tuple[int, int]]:
        """By currency, what the provider has for us, by our books and by its own."""
        theirs: Counter[str] = Counter()
        for one in self._there("balance_transaction"):
            currency = one["currency"].upper()
            theirs[currency] += nearest_minor(one["amount"], currency) - nearest_minor(one["fee"], currency)
        account = account_of("stripe")
        return {
            currency: (self.trade.balance(account, currency), theirs[currency])
            for currency in {*self.people.values(), *theirs}
        }

    def unsent(self) -> int:
        """Refunds that are neither over nor a person's task."""
        with reading(self.parts.engine) as conn:
            return sum(one.state.value in ("wanted", "in-doubt", "pending") for one in refunds.listing(conn))

    def run(self) -> object:
        """The daily run, and what is due."""
        self.trade.run(self.on)
        return self.due()

    def sell(self) -> object:
        """Something more."""
        number, currency = self.chance.choice(list(self.people.items()))
        sku = self.chance.choice(("small", "medium", "large", "gross") if currency == "EUR" else ("small", "medium"))
        return self.trade.add(number, sku, on=self.on)

    def charge(self) -> object:
        """A card is charged now, for all that is due or for one invoice."""
        one = self.chance.choice(self._issued())
        ids = (one.id,) if self.chance.random() < 0.5 else None
        with self._deal(one.customer_id) as deal:
            found = charge_now(deal, self.parts.provider, one.currency, ids, asked_by="Bart")
        self.due()
        return found

    def match(self) -> object:
        """A line that is not plain is set against an invoice."""
        with reading(self.parts.engine) as conn:
            entry = self.chance.choice(bank.listing(conn, state=EntryState.PROPOSED))
        one = self.chance.choice([one for one in self._issued() if one.currency == entry.currency])
        with self._deal(one.customer_id) as deal:
            return deciding.match_invoice(deal, entry.id, one)

    def send_back(self) -> object:
        """Credit goes back by the way it came."""
        number, currency = self.chance.choice(list(self.people.items()))
        minor = self.chance.choice((None, None, 500, 1190))
        with self._deal(number) as deal:
            return give_back(deal, None, minor, asked_by="Bart", currency=currency)

    def by_hand(self) -> object:
        """A person's task is done, tried once more, or is credit after all."""
        with reading(self.parts.engine) as conn:
            one = self.chance.choice([one for one in refunds.listing(conn) if one.state.value == "task"])
        with self._deal(one.customer_id) as deal:
            acts = (retry, keep, lambda deal, one: record(deal, one, method="check", reference=f"{one.id}"))
            return self.chance.choice(acts)(deal, one)

    def change(self) -> object:
        """Another plan."""
        one = self.chance.choice(self._alive())
        return self.trade.change(one, on=self.on, sku=self.chance.choice(("small", "medium")))

    def cancel(self) -> object:
        """An end, today or with what is paid."""
        return self.trade.cancel(self.chance.choice(self._alive()), on=self.on, at_end=self.chance.random() < 0.3)

    def void(self) -> object:
        """A whole invoice."""
        return self.trade.void(self.chance.choice(self._issued()).number, on=self.on)

    def credit(self) -> object:
        """A part of one."""
        one = self.chance.choice(self._issued())
        return self.trade.credit(one.number, written(self.chance.randint(1, one.total_minor), one.currency), on=self.on)

    def write_off(self) -> object:
        """What nobody pays."""
        return self.trade.write_off(self.chance.choice(self._issued()).number, on=self.on)

    def give(self) -> None:
        """A gift."""
        number, currency = self.chance.choice(list(self.people.items()))
        self.trade.give(number, written(self.chance.choice((50, 750)), currency), currency, on=self.on)

    def _alive(self) -> list[Service]:
        with reading(self.parts.engine) as conn:
            return [one for one in services.listing(conn) if one.state not in ENDED]


@contextmanager
def money_story(directory: Path, url: str, seed: int) -> Iterator[MoneyStory]:
    """One that begins in an empty store, at a provider that knows nobody."""
    server = Double(port=free_port())
    server.start()
    key = directory / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    usual = load(SHIPPED, {})
    settings = replace(
        usual,
        store=replace(usual.store, url=url, archive=directory / "archive"),
        billing=replace(usual.billing, fuse_least=10**9),
        payments=Payments(provider=ProviderName.STRIPE, secret_key_file=key, api_url=server.url),
    )
    stripe = Stripe(key, url=server.url, timeout_seconds=HANG_SECONDS)
    parts = replace(build(settings, _nothing), smarthosts=(), provider=stripe)
    try:
        story = MoneyStory(Trade(parts.engine, settings), parts, server, random.Random(seed))
        story.begin()
        yield story
    finally:
        parts.close()
        server.stop()


def _nothing(job: Job, row_id: int) -> None:
    """What is to be done is found by the next look."""
