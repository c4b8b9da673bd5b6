"""When a service moves to what its product costs now, and what it takes along."""

from dataclasses import replace
from datetime import date

import pytest

from mailgate.billing.draft import Rhythm, bundles, due_at
from mailgate.billing.offer.product import Kind, Option, Price, Product
from mailgate.billing.period import Span
from mailgate.billing.repricing import Stays, first_renewal, repriced
from mailgate.billing.service import Service, State

OLD_ID, NEW_ID = 1, 2
RHYTHM = Rhythm(10, 10)


def web(monthly: int, *, mailboxes: int = 50, ten: int = 200, currency: str = "EUR") -> Product:
    option = Option("mailboxes", mailboxes, 10, 200, (Price(currency, 1, ten),))
    return Product("web", Kind.HOSTING, "Web", "", prices=(Price(currency, 1, monthly),), options=(option,))


def anne_has(**changes: object) -> Service:
    """A monthly service since 31 January, billed until the end of May's period, 990 with what is included."""
    has = Service(
        *(7, 1, OLD_ID, None, "anne.example", "anne.example", "EUR", 1, 990, (("mailboxes", 50),), State.ACTIVE),
        started_on=date(2026, 1, 31),
        anchor_on=date(2026, 1, 31),
        billed_through=date(2026, 5, 31),
    )
    return replace(has, **changes)  # type: ignore[arg-type]


def moved(service: Service, new: Product, from_on: date, old: Product | None = None) -> Service:
    found = repriced(service, old or web(990), new, NEW_ID, from_on=from_on)
    assert isinstance(found, Service)
    return found


@pytest.mark.parametrize(
    ("from_on", "first"),
    [
        (date(2026, 1, 1), date(2026, 5, 31)),  # what is billed already keeps its price
        (date(2026, 5, 31), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 6, 30)),  # the 31st, in June
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 31)),
    ],
)
def test_it_moves_at_its_first_renewal_from_a_day_on_that_is_not_billed(from_on: date, first: date) -> None:
    assert first_renewal(anne_has(), from_on) == first
    assert moved(anne_has(), web(1190), from_on).next_on == first


def test_periods_before_keep_their_price_and_those_from_then_on_have_the_new_one() -> None:
    later = moved(anne_has(), web(1190), date(2026, 7, 1))

    (late,) = bundles([later], today=date(2026, 8, 22), rhythm=RHYTHM, leads={})

    billed = [(due.due_on.isoformat(), due.service.product_id, due.amount_minor) for due in late.items]
    assert billed == [
        ("2026-05-31", OLD_ID, 990),
        ("2026-06-30", OLD_ID, 990),
        ("2026-07-31", NEW_ID, 1190),
        ("2026-08-31", NEW_ID, 1190),
    ]


def test_a_part_of_a_cycle_behind_a_suspension_has_the_price_of_its_first_day() -> None:
    later = moved(anne_has(), web(3100), date(2026, 7, 1))

    stub = due_at(replace(later, billed_through=date(2026, 8, 21)), Span(date(2026, 8, 21), date(2026, 8, 31)))

    assert (stub.part.days, stub.part.cycle_days, stub.amount_minor) == (10, 31, 1000)


def test_what_was_bought_beyond_what_is_included_goes_on() -> None:
    later = moved(anne_has(options=(("mailboxes", 70),), price_minor=1390), web(1000, ten=300), date(2026, 6, 1))

    assert (later.next_price_minor, later.next_options) == (1600, (("mailboxes", 70),))


def test_who_has_what_is_included_has_what_is_included_then() -> None:
    later = moved(anne_has(), web(990, mailboxes=60), date(2026, 6, 1))

    assert (later.next_price_minor, later.next_options) == (990, (("mailboxes", 60),))


@pytest.mark.parametrize(
    "new",
    [
        web(1190, currency="USD"),
        Product("web", Kind.HOSTING, "Web", "", prices=(Price("EUR", 12, 9900),)),
    ],
    ids=["no price in the currency", "no price for the cycle"],
)
def test_who_cannot_be_sold_the_new_version_stays_and_is_told_why(new: Product) -> None:
    stays = repriced(anne_has(), web(990), new, NEW_ID, from_on=date(2026, 6, 1))

    assert isinstance(stays, Stays)
    assert stays.why.startswith("web is not sold monthly in EUR: there is ")


def test_who_has_an_option_that_is_gone_stays() -> None:
    new = Product("web", Kind.HOSTING, "Web", "", prices=(Price("EUR", 1, 1190),))

    stays = repriced(anne_has(options=(("mailboxes", 60),)), web(990), new, NEW_ID, from_on=date(2026, 6, 1))

    assert stays == Stays("web has no option 'mailboxes': there is none")


def test_a_move_that_has_not_begun_is_put_off_by_asking_again() -> None:
    soon = moved(anne_has(), web(1190), date(2026, 6, 1))

    assert repriced(soon, web(990), web(1190), NEW_ID, from_on=date(2026, 6, 1)) is None
    assert moved(soon, web(1190), date(2026, 9, 1)).next_on == date(2026, 9, 30)


def test_a_move_to_a_third_version_does_not_swallow_the_one_before_it() -> None:
    soon = replace(moved(anne_has(), web(1190), date(2026, 6, 1)), next_product_id=3)

    assert isinstance(repriced(soon, web(990), web(1290), NEW_ID, from_on=date(2026, 9, 1)), Stays)
    assert moved(soon, web(1290), date(2026, 6, 1)).next_price_minor == 1290


def test_a_version_that_says_the_old_again_takes_back_a_move_that_has_not_begun() -> None:
    soon = moved(anne_has(), web(1190), date(2026, 6, 1))

    assert repriced(soon, web(990), web(990), OLD_ID, from_on=date(2026, 6, 1)) == anne_has()


@pytest.mark.parametrize("ended", [{"months": 0}, {"cancel_on": date(2026, 5, 31)}])
def test_what_does_not_renew_any_more_does_not_move(ended: dict[str, object]) -> None:
    assert repriced(anne_has(**ended), web(990), web(1190), NEW_ID, from_on=date(2026, 6, 1)) is None
