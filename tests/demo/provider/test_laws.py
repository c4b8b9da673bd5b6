"""Whatever happens in whatever order: its books add up, and no charge gives back more than it took."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from mailgate.demo.provider import api, play
from mailgate.demo.provider.books import books
from mailgate.demo.provider.state import State
from mailgate.demo.provider.things.who.cards import MAGIC
from mailgate.demo.provider.wire import fields as forms
from mailgate.demo.provider.wire.refusals import Refusal

_CARDS = sorted(MAGIC)
_CURRENCIES = ("eur", "usd", "jpy")
_SUMS = ("charged", "refunded", "disputed")

_number = st.integers(0, 30)
_amount = st.integers(1, 5000)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("charge"), _number, _amount),
        st.tuples(st.just("link"), _number, _amount),
        st.tuples(st.just("settle"), _number, _number),
        st.tuples(st.just("refund"), _number, _amount),
        st.tuples(st.just("end refund"), _number, _number),
        st.tuples(st.just("dispute"), _number, _amount),
        st.tuples(st.just("end dispute"), _number, _number),
        st.tuples(st.just("pay out"), _number, _number),
        st.tuples(st.just("end payout"), _number, _number),
        st.tuples(st.just("time"), _number, _number),
    ),
    max_size=40,
)


class History:
    """An account at the provider, to which things happen; what is refused changes nothing that counts."""

    def __init__(self) -> None:
        self.state = State()
        self.customers = [self._call("POST", "/v1/customers")["id"] for _ in range(2)]

    def step(self, what: str, which: int, more: int) -> None:
        """One thing happens, or is refused."""
        do: dict[str, Callable[[int, int], object]] = {
            "charge": self._charge,
            "link": self._link,
            "settle": lambda n, _: self._door("intents", "payment_intent", n, "settle"),
            "refund": lambda n, m: self._call("POST", "/v1/refunds", charge=self._id("charge", n), amount=m),
            "end refund": lambda n, m: self._door("refunds", "refund", n, ("succeed", "fail")[m % 2]),
            "dispute": lambda n, m: self._door("charges", "charge", n, "dispute", amount=m, inquiry=m % 2 == 0),
            "end dispute": lambda n, m: self._door("disputes", "dispute", n, ("win", "lose", "escalate")[m % 3]),
            "pay out": lambda n, _: self._play("/play/payouts", currency=_CURRENCIES[n % 3]),
            "end payout": lambda n, m: self._door("payouts", "payout", n, ("pay", "fail")[m % 2]),
            "time": lambda n, _: self._play("/play/clock", hours=n),
        }
        with suppress(Refusal):
            do[what](which, more)

    def _charge(self, which: int, amount: int) -> None:
        customer = self.customers[which % 2]
        card = self._play(f"/play/customers/{customer}/cards", card=_CARDS[which % len(_CARDS)])["id"]
        charge = {"customer": customer, "payment_method": card, "off_session": "true", "confirm": "true"}
        self._call("POST", "/v1/payment_intents", amount=amount, currency=_CURRENCIES[which % 3], **charge)

    def _link(self, which: int, amount: int) -> None:
        price = {
            "line_items[0][price_data][currency]": _CURRENCIES[which % 3],
            "line_items[0][price_data][unit_amount]": amount,
            "line_items[0][price_data][product_data][name]": "x",
            "line_items[0][quantity]": 1,
            "restrictions[completed_sessions][limit]": 1,
        }
        link = self._call("POST", "/v1/payment_links", **price)
        for _ in range(2):
            self._play(f"/play/links/{link['id']}/pay", card=_CARDS[which % len(_CARDS)])

    def _door(self, room: str, kind: str, which: int, door: str, **fields: object) -> None:
        self._play(f"/play/{room}/{self._id(kind, which)}/{door}", **fields)

    def _id(self, kind: str, which: int) -> str:
        things = self.state.all(kind)
        return str(things[which % len(things)]["id"]) if things else "none"

    def _call(self, method: str, path: str, **fields: object) -> dict[str, Any]:
        do, ident = api.found(method, path)
        return do(self.state, forms.read(urlencode(fields)), ident)

    def _play(self, path: str, **fields: object) -> dict[str, Any]:
        door, ident = play.found("POST", path)
        return door(
            self.state, forms.read(urlencode({name: str(value).lower() for name, value in fields.items()})), ident
        )


@given(_steps)
def test_books_add_up(steps: Sequence[tuple[str, int, int]]) -> None:
    history = History()

    for step in steps:
        history.step(*step)

        state, told = history.state, books(history.state)
        for currency, account in told["accounts"].items():
            gone = account["refunded"] + account["disputed"] + account["fees"] + account["paid_out"]
            assert account["balance"] == account["charged"] - gone
            whose = [of[currency] for of in told["customers"].values() if currency in of]
            assert {word: sum(each[word] for each in whose) for word in _SUMS} == {
                word: account[word] for word in _SUMS
            }
        for charge in state.all("charge"):
            assert 0 <= charge["amount_refunded"] <= charge["amount"]
            assert charge["refunded"] == (charge["amount_refunded"] == charge["amount"])
        for link in state.all("payment_link"):
            assert link["restrictions"]["completed_sessions"]["count"] <= 1
