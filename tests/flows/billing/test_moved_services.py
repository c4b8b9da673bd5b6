"""Services and balances of an older system go on here: each once, at their price, and on one day of the month."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.ledger.accounts import OPENING
from mailgate.billing.service import State
from mailgate.flows.billing.books import Today
from mailgate.flows.moving.balances import BalanceStep, MovedBalances, MovingBalances
from mailgate.flows.moving.service_table import read_balances, read_services
from mailgate.flows.moving.services import AT_ONCE, MovedServices, MovingServices, Step
from store.billing import catalogue, invoices, ledger, services
from store.engine import reading, transaction
from store.schema import customers
from tests.flows.billing.trade import SHOP, Trade, d, noon

HEADER = "customer,external_id,sku,name,price,cycle,paid_through,domain,state,currency,start,parent,options\n"
TODAY = "2026-04-01"


def silent(*_: object) -> None:
    """Nobody looks."""


def move(trade: Trade, *lines: str, on: str = TODAY, header: str = HEADER, **more: Any) -> MovedServices:
    """What the table calls for, for good unless `is_for_good` is false."""
    table = read_services((header + "\n".join(lines) + "\n").encode())
    assert table.faults == ()
    is_for_good, progress = more.pop("is_for_good", True), more.pop("progress", silent)
    story = MovingServices(trade.engine, trade.settings, Today(noon(d(on)), d(on)), "the move", **more)
    return story(table.rows, is_for_good=is_for_good, progress=progress)


def balances(trade: Trade, *lines: str, is_for_good: bool = True) -> MovedBalances:
    table = read_balances(("customer,currency,amount\n" + "\n".join(lines) + "\n").encode())
    assert table.faults == ()
    story = MovingBalances(trade.engine, trade.settings, Today(noon(d(TODAY)), d(TODAY)), "the move")
    return story(table.rows, is_for_good=is_for_good, progress=silent)


def customer(trade: Trade, external_id: str, name: str = "Dora", **more: Any) -> int:
    number = trade.customer(name, **more)
    with transaction(trade.engine) as conn:
        conn.execute(update(customers).where(customers.c.id == number).values(external_id=external_id))
    return number


def theirs(trade: Trade, customer_id: int) -> list[Any]:
    with reading(trade.engine) as conn:
        return list(services.listing(conn, customer_id=customer_id))


def faults(found: MovedServices | MovedBalances) -> list[tuple[int, str]]:
    return [(one.line, one.column) for one in found.faults]


def issued(trade: Trade, on: str) -> list[tuple[str, str, int]]:
    """What a run on a day issues: due date, days of each line, net."""
    before = len(trade.all())
    trade.run(on)
    return [
        (
            str(one.due_on),
            ", ".join(f"{line.period_start}/{line.period_end}" for line in trade.lines(one.id)),
            one.net_minor,
        )
        for one in trade.all()[before:]
    ]


def test_several_services_meet_on_one_day_by_a_part_of_a_cycle(trade: Trade) -> None:
    dora = customer(trade, "C-1")

    move(
        trade,
        "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,",
        "C-1,S-2,small,,,monthly,2026-04-24,two.example,,,,,",
        "C-1,S-3,,Old Plan,120.00,yearly,2026-09-30,three.example,,,,,",
    )

    assert [one.anchor_on.day for one in theirs(trade, dora)] == [15, 15, 15]
    assert issued(trade, "2026-04-05") == [("2026-04-15", "2026-04-15/2026-05-15", 1000)]
    # 25 April to 14 May: 20 of the 30 days from 15 April on.
    assert issued(trade, "2026-04-15") == [("2026-04-25", "2026-04-25/2026-05-15", 667)]
    assert issued(trade, "2026-05-05") == [("2026-05-15", "2026-05-15/2026-06-15, 2026-05-15/2026-06-15", 2000)]
    for month in ("06", "07", "08", "09"):
        trade.run(f"2026-{month}-05")
    # 1 to 14 October: 14 of the 365 days up to 15 October, 4.602…
    assert issued(trade, "2026-09-21") == [("2026-10-01", "2026-10-01/2026-10-15", 460)]
    assert issued(trade, "2026-10-05") == [
        ("2026-10-15", "2026-10-15/2026-11-15, 2026-10-15/2026-11-15, 2026-10-15/2027-10-15", 14000)
    ]


def test_the_table_says_beforehand_what_is_billed_first(trade: Trade) -> None:
    customer(trade, "C-1")
    lines = (
        "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,",
        "C-1,S-2,small,,,monthly,2026-04-24,two.example,,,,,",
    )

    planned = move(trade, *lines, is_for_good=False)

    told = [(one.step, one.first_until, one.first_minor, one.service["next_due_on"]) for one in planned.moved]
    assert told == [
        (Step.ADD, "2026-05-14", 1000, "2026-04-15"),
        (Step.ADD, "2026-05-14", 667, "2026-04-25"),
    ]
    assert theirs(trade, 1) == []
    assert move(trade, *lines).steps == {Step.ADD: 2}


def test_no_document_is_made_and_a_second_run_adds_nothing(trade: Trade) -> None:
    dora = customer(trade, "C-1")
    lines = (
        "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,",
        "C-1,,name,,,yearly,2026-06-14,one.example,,,,,",
        "C-1,,,Old Plan,7.50,quarterly,2026-05-31,,,,,,",
    )

    first, second = move(trade, *lines), move(trade, *lines, on="2026-04-02")

    assert (first.steps, second.steps) == ({Step.ADD: 3}, {Step.SAME: 3})
    assert len(theirs(trade, dora)) == 3
    assert trade.all() == ()


def test_what_was_billed_here_since_makes_no_difference(trade: Trade) -> None:
    customer(trade, "C-1")
    line = "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,"
    move(trade, line)
    trade.run("2026-04-05")

    assert move(trade, line).steps == {Step.SAME: 1}


def test_what_is_here_with_other_terms_stays_as_it_is_and_is_told(trade: Trade) -> None:
    dora = customer(trade, "C-1")
    move(trade, "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,")
    before = theirs(trade, dora)

    again = move(trade, "C-1,S-1,small,,8.00,monthly,2026-05-14,one.example,,,,,")

    assert again.steps == {Step.DIFFERS: 1}
    assert again.moved[0].differs == {"price": (1000, 800), "paid_through": ("2026-04-14", "2026-05-14")}
    assert theirs(trade, dora) == before


def test_the_price_of_before_is_kept_when_it_renews_whatever_the_catalogue_says(trade: Trade) -> None:
    customer(trade, "C-1")
    move(
        trade,
        "C-1,S-1,small,,8.00,monthly,2026-04-14,one.example,,,,,",
        "C-1,S-2,,Web Hosting Plus!,9.99,monthly,2026-04-14,two.example,,,,,",
    )
    dearer = SHOP.read_text().replace('monthly = "10.00"', 'monthly = "12.00"', 1)
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(dearer.encode(), "shop.toml"), by="Bart", now=noon(d("2026-04-02")))

    trade.run("2026-04-05")
    trade.run("2026-05-05")

    assert [one.net_minor for one in trade.all()] == [1799, 1799]
    texts = [line.text for line in trade.lines(trade.all()[0].id)]
    assert texts == ["Small, one.example", "Web Hosting Plus!, two.example"]


def test_equal_plans_of_before_share_a_product_that_nobody_can_order(trade: Trade) -> None:
    dora = customer(trade, "C-1")
    move(
        trade,
        "C-1,S-1,,Web Hosting Plus!,9.99,monthly,2026-04-14,one.example,,,,,",
        "C-1,S-2,,Web Hosting Plus!,9.99,monthly,2026-04-20,two.example,,,,,",
        "C-1,S-3,,Web Hosting Plus!,5.00,monthly,2026-04-20,three.example,,,,,",
    )

    products = [one.product_id for one in theirs(trade, dora)]
    assert products[0] == products[1] != products[2]
    with reading(trade.engine) as conn:
        found = catalogue.product(conn, products[0])
        assert found is not None
        assert (found.sku, found.name) == ("moved-web-hosting-plus", "Web Hosting Plus!")
        assert catalogue.product_by_sku(conn, found.sku) is None


def test_one_that_was_off_is_off_here_and_billed_from_the_day_that_it_is_on_again(trade: Trade) -> None:
    dora = customer(trade, "C-1")
    move(trade, "C-1,S-1,small,,,monthly,2026-02-14,one.example,suspended,,,,")
    [service] = theirs(trade, dora)

    assert (service.state, service.suspended_for) == (State.SUSPENDED, "suspended in the older system")
    assert trade.run("2026-04-05") is None
    trade.restore(service, on="2026-04-20")
    trade.run("2026-04-20")

    assert trade.billed(service) == ["2026-04-20/2026-05-14"]


def test_an_add_on_comes_with_what_it_is_for_wherever_its_line_stands(trade: Trade) -> None:
    dora = customer(trade, "C-1")

    found = move(
        trade,
        "C-1,S-2,shield,,,monthly,2026-04-14,,,,,S-1,",
        "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,mailboxes=20",
        "C-1,S-3,shield,,,monthly,2026-04-14,,,,,S-9,",
        "C-1,S-4,shield,,,monthly,2026-04-14,,,,,,",
    )

    site, shield = theirs(trade, dora)
    assert shield.parent_id == site.id
    assert site.price_minor == 1200
    assert faults(found) == [(4, "parent"), (5, "sku")]


def test_each_row_that_cannot_be_taken_is_named_and_the_others_come(trade: Trade) -> None:
    dora, erik = customer(trade, "C-1"), customer(trade, "C-2", "Erik", billed_elsewhere=True)

    found = move(
        trade,
        "C-9,S-1,small,,,monthly,2026-04-14,,,,,,",
        "C-2,S-2,small,,,monthly,2026-04-14,,,,,,",
        "C-1,S-3,smal,,,monthly,2026-04-14,,,,,,",
        "C-1,S-4,small,,,biennial,2026-04-14,,,,,,",
        "C-1,S-5,small,,,monthly,2026-04-14,,,,,,disks=2",
        "C-1,S-6,small,,ten,monthly,2026-04-14,,,,,,",
        "C-1,S-7,small,,,monthly,2026-04-14,,,USD,,,",
        "C-1,S-8,small,,,monthly,2026-04-14,,,,2026-06-01,,",
        "C-1,S-9,small,,,monthly,2025-12-31,,,,,,",
        "C-1,S-10,small,,,monthly,2026-04-14,good.example,,,,,",
    )

    assert faults(found) == [
        (2, "customer"), (3, "customer"), (4, "sku"), (5, "cycle"), (6, "options"), (7, "price"), (8, "currency"),
        (9, "paid_through"), (10, "paid_through"),
    ]  # fmt: skip
    assert "did you mean small?" in found.faults[2].reason
    assert "is billed elsewhere" in found.faults[1].reason
    assert [one.domain for one in theirs(trade, dora)] == ["good.example"]
    assert theirs(trade, erik) == []


def test_what_nobody_has_billed_for_long_is_billed_here_where_that_is_meant(trade: Trade) -> None:
    dora = customer(trade, "C-1")

    move(trade, "C-1,S-1,small,,,monthly,2026-01-14,one.example,,,,,", bill_missed=True)
    trade.run(TODAY)

    [service] = theirs(trade, dora)
    assert trade.billed(service) == ["2026-01-15/2026-02-14", "2026-02-15/2026-03-14", "2026-03-15/2026-04-14"]


def test_an_id_of_before_that_another_customer_has_is_refused(trade: Trade) -> None:
    customer(trade, "C-1")
    customer(trade, "C-2", "Erik")
    move(trade, "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,")

    found = move(trade, "C-2,S-1,small,,,monthly,2026-04-14,one.example,,,,,")

    assert faults(found) == [(2, "external_id")]


def many(trade: Trade, count: int) -> list[str]:
    """So many customers, with a service each and one more."""
    lines = []
    for number in range(1, count + 1):
        customer(trade, f"C-{number}", f"Customer{number}")
        for which in "ab":
            lines.append(f"C-{number},S-{number}{which},small,,,monthly,2026-04-14,{which}{number}.example,,,,,")
    return lines


def test_a_run_that_was_killed_between_two_batches_is_finished_by_the_next(trade: Trade) -> None:
    lines = many(trade, AT_ONCE // 2 + 3)
    looks: list[int] = []

    def dies(_what: str, done: int, _of: int | None = None) -> None:
        looks.append(done)
        raise SystemExit

    with pytest.raises(SystemExit):
        move(trade, *lines, progress=dies)
    rest = move(trade, *lines)

    assert looks == [AT_ONCE]
    assert rest.steps == {Step.SAME: AT_ONCE, Step.ADD: 6}
    assert [len(theirs(trade, number)) for number in range(1, len(lines) // 2 + 1)] == [2] * (len(lines) // 2)


def test_two_at_once_move_each_service_once(trade: Trade) -> None:
    lines = many(trade, 6)

    with ThreadPoolExecutor(2) as two:
        done = [one.result() for one in [two.submit(move, trade, *lines) for _ in range(2)]]

    assert sum((one.steps for one in done), start=type(done[0].steps)()) == {Step.ADD: 12, Step.SAME: 12}
    assert [len(theirs(trade, number)) for number in range(1, 7)] == [2] * 6


def test_a_balance_is_credit_here_once_and_pays_what_falls_due(trade: Trade) -> None:
    dora = customer(trade, "C-1")
    move(trade, "C-1,S-1,small,,,monthly,2026-04-14,one.example,,,,,")

    planned = balances(trade, "C-1,EUR,12.50", is_for_good=False)
    assert trade.has_credit(dora) == 0
    first, second = balances(trade, "C-1,EUR,12.50"), balances(trade, "C-1,EUR,12.50")

    assert [planned.steps, first.steps, second.steps] == [
        {BalanceStep.ADD: 1}, {BalanceStep.ADD: 1}, {BalanceStep.SAME: 1},
    ]  # fmt: skip
    assert planned.totals == {"EUR": 1250}
    assert trade.has_credit(dora) == 1250
    trade.run("2026-04-05")
    trade.use_credit(dora, on="2026-04-15")
    assert trade.has_credit(dora) == 1250 - 1190
    with reading(trade.engine) as conn:
        booked = {line.account: minor for line, minor in ledger.balances(conn, None).items()}
        [invoice] = invoices.listing(conn)
    assert booked[OPENING] == 1250
    assert (invoice.open_minor, invoice.settled_at) == (0, noon(d("2026-04-15")))


def test_a_debt_stays_where_it_is_and_a_balance_that_differs_is_not_booked_twice(trade: Trade) -> None:
    dora, _ = customer(trade, "C-1"), customer(trade, "C-2", "Erik", billed_elsewhere=True)
    balances(trade, "C-1,EUR,12.50")

    found = balances(trade, "C-1,EUR,12.51", "C-1,USD,-3.00", "C-1,JPY,1.5", "C-1,KWD,0", "C-9,EUR,1", "C-2,EUR,1.00")

    assert faults(found) == [(2, "amount"), (3, "amount"), (4, "amount"), (6, "customer"), (7, "customer")]
    assert "12.50 EUR of customer" in found.faults[0].reason
    assert "a debt does not come along" in found.faults[1].reason
    assert found.steps == {BalanceStep.NOTHING: 1}
    assert trade.has_credit(dora) == 1250


def test_a_row_that_differs_by_a_day_is_no_new_service(trade: Trade) -> None:
    dora = customer(trade, "C-1")
    move(trade, "C-1,,small,,,monthly,2026-04-14,one.example,,,,,")

    assert move(trade, "C-1,,small,,,monthly,2026-04-15,one.example,,,,,").steps == {Step.DIFFERS: 1}
    assert len(theirs(trade, dora)) == 1
    assert theirs(trade, dora)[0].billed_through == d("2026-04-14") + timedelta(days=1)
