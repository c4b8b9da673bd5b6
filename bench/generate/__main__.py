"""`python -m bench.generate`: fill a store with made-up tickets, to see how a gate behaves with years of mail."""

from pathlib import Path

import click

from bench.generate import Home, Size, generate, has_customers
from mailgate.cli.context import Context
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_USAGE, fail, json_option, print_object
from store.engine import reading


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default="config.toml", show_default=True, help="Settings.")
@click.option("--tickets", type=click.IntRange(min=1), default=1000, show_default=True, help="How many tickets.")
@click.option("--messages", type=click.IntRange(min=1), help="Mails on them, together; by default five for each.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same store.")
@click.option("--yes", is_flag=True, help="Also when customers are registered there: nothing can be taken back.")
@json_option
@click.pass_context
def fill(context: click.Context, config: Path, tickets: int, messages: int | None, seed: int, yes: bool) -> None:
    """Add made-up customers, tickets and mails to the store. Stop `mailgate serve` first."""
    context.obj = Context(config)
    size = Size(tickets, 5 * tickets if messages is None else messages, seed)
    if size.messages < size.tickets:
        fail("each ticket has at least one message", code=EX_USAGE, hint="raise --messages")
    with gate() as parts:
        with reading(parts.engine) as conn:
            if has_customers(conn) and not yes:
                hint = "--yes adds to it, for good"
                fail("customers are registered in this store", code=EX_USAGE, hint=hint)
        settings = parts.settings
        home = Home(settings.gate.company, settings.gate.domain, settings.desks)
        generate(parts.engine, size, home, now=now())
    print_object({"tickets": size.tickets, "messages": size.messages, "seed": size.seed})


if __name__ == "__main__":
    fill(prog_name="python -m bench.generate")
