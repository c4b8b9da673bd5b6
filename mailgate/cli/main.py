"""The `mailgate` command: each noun is a module, imported when it is asked for."""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailgate import __version__
from mailgate.cli.context import Context
from mailgate.cli.output import EX_TEMPFAIL, EX_USAGE, fail

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_SECTIONS = {
    "Run": {
        "serve": "Run the gate: listeners, workers, schedule and pages.",
        "worker": "Workers by themselves, on any host.",
        "web": "The pages by themselves.",
        "schedule": "What is due, for workers that share a broker.",
        "receive": "Take one mail from standard input, as an MTA's pipe.",
        "due": "What is due, and do it.",
        "demo": "A seeded gate to play with, on loopback.",
    },
    "Set up and look after": {
        "init": "Settings, store and first staff member of a new gate.",
        "doctor": "What is wrong with a gate, and how to mend it.",
        "status": "How the gate is doing, and what needs a person.",
        "config": "Check and show the settings.",
        "db": "The store's schema.",
        "backup": "Copy the store while the gate runs.",
        "restore": "Put a backup in place of the store.",
        "move-store": "The whole store into another database.",
        "verify": "Whether every mail and file is whole.",
        "keys": "Signing keys, of reply addresses and of our mail (DKIM).",
        "import": "Customers, services, balances and mails of an older system.",
        "hook": "Programs that hear of what happens: list, log, retry, cancel, try.",
        "completion": "What makes the shell complete commands and options.",
    },
    "People": {
        "customer": "Customers, and how they are billed.",
        "contact": "People who may write for a customer.",
        "staff": "People who answer.",
        "sender": "Strangers whose verified mail is not held.",
        "sign-in-link": "A link into the web view.",
    },
    "Desk": {
        "ticket": "Tickets: list, show, answer, close, assign.",
        "search": "Find tickets, mails, customers and articles.",
        "report": "How many tickets come and go, who owes, what was earned.",
        "inbox": "Every accepted mail and what became of it.",
        "quarantine": "Held mail: list, release, refuse.",
        "inspect": "What one mail says, as JSON.",
        "kb": "Articles of the knowledge base: list, check.",
    },
    "Mail that goes out": {
        "queue": "Outgoing mail.",
        "mail": "The archive of sent mail.",
        "suppression": "Addresses that nothing is sent to.",
        "template": "The words of our mails.",
    },
    "Money": {
        "catalogue": "What is sold, with prices and taxes: import, list, show.",
        "service": "What customers have.",
        "bill": "Plan a billing run, and run it.",
        "invoice": "Invoices: list, show, PDF and e-invoice, void, write off, credit.",
        "credit-note": "Credit notes: list, show, PDF and e-invoice.",
        "payment": "Money that came in.",
        "charge": "Charges of saved cards: list, show, retry.",
        "bank": "The bank's files: import, list, match, ignore.",
        "card": "Cards: list, remove, unblock, a link to give one.",
        "credit": "What customers have with us.",
        "refund": "Money that goes back: list, record, retry.",
        "dispute": "Chargebacks: list, accept.",
        "statement": "What happened to an account in a month.",
        "rate": "Rates of exchange, for tax in another currency.",
        "ledger": "What was booked: whether it is whole, and text for accounting programs.",
        "money": "Questions about amounts, days and tax, answered by the rules that bill.",
    },
}
COMMANDS = {name: words for section in _SECTIONS.values() for name, words in section.items()}
_MODULES = {"import": "move_in", "web": "pages"}  # a word of the language; a module that `serve` shows pages with


class _Nouns(click.Group):
    """Subcommands by name; `mailgate --help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        command = getattr(importlib.import_module(f"mailgate.cli.{module}"), module)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in COMMANDS or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command {name!r}.{_did_you_mean(name)}", ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=words) for name, words in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(map(len, COMMANDS))
        for title, commands in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), words) for name, words in commands.items()])


def _did_you_mean(name: str) -> str:
    from mailgate.toml_text.problems import nearest

    near = nearest(name, COMMANDS)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    envvar="MAILGATE_CONFIG",
    help="The settings. MAILGATE_CONFIG in the environment names them, too; MAILGATE_<SECTION>__<KEY> overrides one.",
)
@click.version_option(__version__, prog_name="mailgate")
@click.pass_context
def mailgate(ctx: click.Context, config_path: Path) -> None:
    """Support and billing over plain mail."""
    ctx.obj = Context(config_path)


def run() -> None:
    """The console script: usage errors end with 64 (sysexits.h), an interrupt with 130."""
    try:
        mailgate.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        raise SystemExit(EX_USAGE) from error
    except click.ClickException as error:
        hint = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "mailgate"
        # Whatever is wrong with the command of a pipe, the MTA must keep the mail and try again.
        code = EX_TEMPFAIL if "receive" in sys.argv[1:] else EX_USAGE
        fail(error.format_message(), code=code, hint=f"see {hint} --help", name="usage")
    except (click.Abort, KeyboardInterrupt) as error:
        raise SystemExit(130) from error
