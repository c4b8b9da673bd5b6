"""`python -m bench.generate`: fill a store with made-up tickets or services, to see how a gate behaves with years."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from bench.generate import Home, Size, generate, has_customers
from bench.generate.billing import LEAD_DAYS, ZONES, Shop, generate_billing
from mailgate.cli.context import Context
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_USAGE, fail, json_option, print_object
from mailgate.wiring import Parts
from store.engine import reading

yes_option = click.option(
    "--yes", is_flag=True, help="Also when customers are registered there: nothing can be taken back."
)


@click.group()
@click.option("--config", type=click.Path(path_type=Path), default="config.toml", show_default=True, help="Settings.")
@click.pass_context
def fill(context: click.Context, config: Path) -> None:
    """Add what is made up to a store. Stop `mailgate serve` first."""
    context.obj = Context(config)


@fill.command()
@click.option("--tickets", type=click.IntRange(min=1), default=1000, show_default=True, help="How many tickets.")
@click.option("--messages", type=click.IntRange(min=1), help="Mails on them, together; by default five for each.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same store.")
@yes_option
@json_option
def tickets(tickets: int, messages: int | None, seed: int, yes: bool) -> None:
    """Customers with tickets and mails."""
    size = Size(tickets, 5 * tickets if messages is None else messages, seed)
    if size.messages < size.tickets:
        fail("each ticket has at least one message", code=EX_USAGE, hint="raise --messages")
    with _store(yes) as parts:
        settings = parts.settings
        home = Home(settings.gate.company, settings.gate.domain, settings.desks)
        generate(parts.engine, size, home, now=now())
    print_object({"tickets": size.tickets, "messages": size.messages, "seed": size.seed})


@fill.command()
@click.option("--customers", type=click.IntRange(min=1), default=1000, show_default=True, help="How many customers.")
@click.option("--services", type=click.IntRange(min=1), help="What they have, together; by default two for each.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="The day on which all of it is due; by default in ten.")
@yes_option
@json_option
def billing(customers: int, services: int | None, due: datetime | None, yes: bool) -> None:
    """Customers with services of which nothing is billed yet."""
    due_on = due.date() if due else now().date() + timedelta(days=LEAD_DAYS)
    shop = Shop(customers, 2 * customers if services is None else services, due_on, ZONES)
    if shop.services < shop.customers:
        fail("each customer has at least one service", code=EX_USAGE, hint="raise --services")
    with _store(yes) as parts:
        generate_billing(parts.engine, shop)
    print_object({"customers": shop.customers, "services": shop.services, "due_on": due_on.isoformat()})


@contextmanager
def _store(yes: bool) -> Iterator[Parts]:
    """The store of the settings, when nobody's data can be harmed."""
    with gate() as parts:
        with reading(parts.engine) as conn:
            if has_customers(conn) and not yes:
                hint = "--yes adds to it, for good"
                fail("customers are registered in this store", code=EX_USAGE, hint=hint)
        yield parts


if __name__ == "__main__":
    fill(prog_name="python -m bench.generate")
