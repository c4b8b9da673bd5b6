"""`mailgate keys dkim`: keys that sign our mail, their records for the DNS, and when they begin to sign."""

from collections.abc import Sequence

import click

from mailgate.cli.context import given
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_USAGE, fail, json_option, print_object, say, wants_json, when
from mailgate.desks import sending_domains
from mailgate.mail.signing_key import record_name
from mailgate.setup import signing
from mailgate.setup.site import Site
from mailgate.setup.zone_file import dkim_record
from store import signing_keys
from store.engine import reading
from store.signing_keys import KeyRow, KeyState

_WHAT_FOLLOWS = {
    None: "nothing is signed: `mailgate keys dkim` makes keys",
    KeyState.WAITING: "nothing is signed with the newest keys yet. Put their records into the DNS, "
    "then: mailgate keys dkim --enable",
    KeyState.SIGNING: "each mail is signed with these keys",
    KeyState.RETIRED: "nothing is signed: `mailgate keys dkim` makes new keys",
}


@click.command()
@json_option
@click.option("--enable", is_flag=True, help="Sign with the newest keys from now on; the DNS must have their records.")
@click.option("--rotate", is_flag=True, help="Make the next keys; the present ones sign until --enable.")
@click.option("--disable", is_flag=True, help="Sign no more, for the smarthost does it.")
@click.option("--unchecked", is_flag=True, help="With --enable: without a look at the DNS.")
def dkim(enable: bool, rotate: bool, disable: bool, unchecked: bool) -> None:
    """Make the keys that sign our mail with DKIM, where there are none, and print their records for a zone file."""
    if enable + rotate + disable > 1:
        fail("--enable, --rotate and --disable are three steps", code=EX_USAGE, name="usage")
    with gate() as parts:
        settings, engine = parts.settings, parts.engine
        domains = sending_domains(settings.desks, settings.gate.domain)
        if disable:
            signing.disable(engine, now=now())
        else:
            signing.make_ready(engine, rotate=rotate, now=now())
        if enable:
            lookups = None if unchecked else Site(given().config_path, settings).lookups()
            signing.enable(engine, domains, lookups, now=now())
        with reading(engine) as conn:
            keys = signing_keys.listing(conn)
    _show(keys, domains)
    say(_WHAT_FOLLOWS[keys[-1].state if keys else None])


def _show(keys: Sequence[KeyRow], domains: Sequence[str]) -> None:
    if wants_json():
        signs = any(key.state is KeyState.SIGNING for key in keys)
        print_object({"signs": signs, "keys": [_row(key, domains) for key in keys]})
        return
    for key in keys:
        if key.state is KeyState.RETIRED:
            click.echo(f"; {key.selector}: retired {when(key.retired_at)}; its record may go 14 days later")
            continue
        click.echo(f"; {key.selector}: {key.state.value}")
        for domain in domains:
            click.echo(dkim_record(key.selector, domain, key.record))


def _row(key: KeyRow, domains: Sequence[str]) -> dict[str, object]:
    return {
        "selector": key.selector,
        "algorithm": key.algorithm.value,
        "state": key.state.value,
        "created_at": key.created_at,
        "enabled_at": key.enabled_at,
        "retired_at": key.retired_at,
        "records": [
            {
                "name": record_name(key.selector, domain),
                "text": key.record,
                "zone": dkim_record(key.selector, domain, key.record),
            }
            for domain in domains
        ],
    }
