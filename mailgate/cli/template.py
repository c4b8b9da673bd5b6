"""`mailgate template`: the words of our mails, checked and previewed."""

from datetime import UTC, datetime

import click

from mailgate.cli.output import EX_DATAERR, EX_USAGE, fail, json_option, print_rows, say, wants_json
from mailgate.letters.kind import Template as Name
from mailgate.letters.notice import Notice
from mailgate.outbound.compose import compose
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import Templates

PREVIEWED_AT = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


@click.group()
def template() -> None:
    """The words of our mails."""


@template.command("list")
@json_option
def list_() -> None:
    """All templates."""
    print_rows([{"name": name.value} for name in Name], ("name",))


@template.command()
@json_option
def check() -> None:
    """Render every template strictly with sample values; exit 65 when one has a mistake."""
    problems = Templates().check()
    if wants_json():
        print_rows([{"problem": problem} for problem in problems], ("problem",))
    for problem in problems:
        say(problem)
    if problems:
        raise SystemExit(EX_DATAERR)
    say(f"{len(Name)} templates, no mistakes")


@template.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "html", "eml"]), default="text", show_default=True)
@click.option("--sample", type=click.IntRange(min=1), default=1, show_default=True, help="Which set of sample values.")
def preview(name: str, form: str, sample: int) -> None:
    """One template with sample values."""
    if name not in set(Name):
        fail(f"there is no template {name!r}", code=EX_USAGE, hint=", ".join(one.value for one in Name))
    samples = SAMPLES[Name(name)]
    if sample > len(samples):
        fail(f"{name} has {len(samples)} samples", code=EX_USAGE)
    values = samples[sample - 1]
    templates = Templates()
    rendered = templates.render(Name(name), "en", values)
    if form == "eml":
        notice = Notice(
            template=Name(name),
            to_address="ann@example.org",
            to_name="Ann Miller",
            from_name="Example Hosting",
            from_address="support@support.example",
            values=values,
        )
        composed = compose(
            notice,
            message_id="o.1.preview@support.example",
            at=PREVIEWED_AT,
            reverse_path="",
            attachments=(),
            templates=templates,
        )
        click.echo(composed.raw.decode("ascii"), nl=False)
        return
    click.echo(f"Subject: {rendered.subject}\n\n{rendered.text}" if form == "text" else rendered.html)
