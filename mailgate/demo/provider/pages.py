"""The pages that a payer sees, and a front page to play from. Plain HTML: no script, nothing from elsewhere."""

import json
from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse, RedirectResponse, Response

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things.money.amounts import THREE_DECIMALS, WHOLE_BY_HUNDREDS, ZERO_DECIMALS
from mailgate.demo.provider.things.offers import items, links
from mailgate.demo.provider.things.who.cards import MAGIC
from mailgate.demo.provider.wire.refusals import Object

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "label{display:block;margin:.75rem 0}select,input,button{font:inherit;padding:.3rem}"
    "table{border-collapse:collapse}td{padding:.2rem .8rem .2rem 0}.note{color:#666}"
)
_SHOWN = 20


def payment(state: State, ident: str, email: str) -> Response:
    """The page of a link or of a session; `email` is filled in already."""
    kind = "payment_link" if ident.startswith("plink_") else "checkout.session"
    thing = state.objects[kind].get(ident)
    if thing is None:
        return _page("Not found", "<p>There is no such page.</p>", 404)
    if kind == "payment_link":
        is_open, over = thing["active"] and not links.is_used_up(thing), thing["inactive_message"]
    else:
        is_open, over = thing["status"] == "open", None
    if not is_open:
        return _page("This page is over", f"<p>{escape(over or 'Nothing can be paid here any more.')}</p>")
    lines = state.secrets[ident]["line_items"]
    rows = "".join(
        f"<tr><td>{escape(line['description'])}</td><td>{shown(line['amount_total'], line['currency'])}</td></tr>"
        for line in lines
    )
    cards = "".join(f"<option>{escape(name)}</option>" for name in MAGIC)
    button = f"Pay {shown(items.total(lines), lines[0]['currency'])}" if lines else "Save the card"
    return _page(
        "Pay" if lines else "Your card",
        f'<table>{rows}</table><form method="post"><label>Magic card <select name="card">{cards}</select></label>'
        '<label>Name <input name="name"></label>'
        f'<label>Mail <input name="email" type="email" value="{escape(email)}"></label>'
        f"<button>{escape(button)}</button></form>"
        '<p class="note">This is a double of a payment provider: no money moves, and no card is asked for.</p>',
    )


def after_payment(answer: Object, status: int) -> Response:
    """Where the payer goes from there."""
    if status != 200:
        message = (answer.get("error") or {}).get("message", "That did not work.")
        return _page("Not paid", f"<p>{escape(message)}</p><p><a href=''>Try again</a></p>", status)
    url = answer["success_url"]
    if url is not None:
        return RedirectResponse(url.replace("{CHECKOUT_SESSION_ID}", answer["id"]), 303)
    return _page("Thank you", "<p>That is done.</p>")


def front(state: State) -> Response:
    """The latest of everything, as it is answered, and the doors."""
    kinds = ("payment_link", "checkout.session", "payment_intent", "payment_method", "refund", "dispute", "payout")
    parts = [f"<p>Its clock stands at {state.now}. Doors: docs/provider.md.</p>"]
    for kind in kinds:
        latest = state.all(kind)[: -_SHOWN - 1 : -1]
        if latest:
            parts.append(f"<h2>{kind}</h2>{''.join(_shown_whole(latest))}")
    return _page("A double of a payment provider", "".join(parts))


def shown(amount: int, currency: str) -> str:
    """An amount for people."""
    places = 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    whole, rest = divmod(amount, 10**places)
    if currency in WHOLE_BY_HUNDREDS or not places:
        return f"{currency.upper()} {whole}"
    return f"{currency.upper()} {whole}.{rest:0{places}}"


def _shown_whole(things: Iterable[Object]) -> Iterable[str]:
    for thing in things:
        title = thing["id"]
        if thing.get("url"):
            title = f'<a href="{escape(thing["url"])}">{escape(title)}</a>'
        yield f"<details><summary>{title} {escape(str(thing.get('status', '')))}</summary>"
        yield f"<pre>{escape(json.dumps(thing, indent=1))}</pre></details>"


def _page(title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>",
        status,
        {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action *"},
    )
