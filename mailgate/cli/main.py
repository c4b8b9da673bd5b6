"""The `mailgate` command: each noun is a module, imported when it is asked for."""

import importlib
import sys
from pathlib import Path

import click

from mailgate import __version__
from mailgate.cli.context import Context
from mailgate.cli.output import EX_TEMPFAIL, EX_USAGE, fail

COMMANDS = {
    "serve": "run the gate: listeners, workers and schedule",
    "worker": "workers by themselves, on any host",
    "web": "the pages by themselves",
    "schedule": "what is due, for workers that share a broker",
    "demo": "a seeded gate to play with, on loopback",
    "receive": "take one mail from standard input, as an MTA's pipe",
    "inspect": "what one mail says, as JSON",
    "due": "what is due, and do it",
    "db": "the store's schema",
    "init": "settings, store and first staff member of a new gate",
    "doctor": "what is wrong with a gate, and how to mend it",
    "status": "how the gate is doing, and what needs a person",
    "backup": "copy the store while the gate runs",
    "restore": "put a backup in place of the store",
    "move-store": "the whole store into another database",
    "verify": "whether every mail and file is whole",
    "config": "check and show the settings",
    "customer": "customers",
    "contact": "people who may write for a customer",
    "staff": "people who answer",
    "ticket": "tickets",
    "search": "find tickets, mails, customers and articles",
    "kb": "articles of the knowledge base: list, check",
    "inbox": "every accepted mail and what became of it",
    "quarantine": "held mail: list, release, refuse",
    "sender": "strangers whose verified mail is not held",
    "queue": "outgoing mail",
    "suppression": "addresses that nothing is sent to",
    "mail": "the archive of sent mail",
    "template": "the words of our mails",
    "service": "what customers have",
    "bill": "plan a billing run, and run it",
    "invoice": "invoices: list, show, void, write off, credit",
    "credit-note": "credit notes: list, show",
    "payment": "money that came in",
    "credit": "what customers have with us",
    "catalogue": "what is sold, with prices and taxes: import, list, show",
    "money": "questions about amounts, days and tax, answered by the rules that bill",
    "ledger": "what was booked: whether it is whole, and text for accounting programs",
    "hook": "programs that hear of what happens: list, log, retry, try",
    "keys": "signing keys, of reply addresses and of our mail (DKIM)",
    "import": "history and customers of an older system",
    "sign-in-link": "a link into the web view",
}


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    help="The settings; MAILGATE_<SECTION>__<KEY> in the environment overrides one.",
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
