"""Collecting: steps of the ladder a second, and mails of invoices that are composed with their PDF and signed.

What composing is made of is measured alone beside it: the PDF with its e-invoice, the words, the signature.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, func, select

from bench.billing import shop_of, store_of
from bench.generate.billing import Shop
from bench.program import Failed
from bench.results import COMPOSED, STEPS, Result, shown
from bench.run import Run, tell
from mailgate.config import Settings
from mailgate.flows import due
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.run import run as run_billing
from mailgate.flows.due import DueKind
from mailgate.flows.post.composed import Composer
from mailgate.jobs import Job, alone, no_fail_point
from mailgate.letters.notice import NoticeAttachment
from mailgate.mail.signing_key import make_pair
from mailgate.outbound.compose import compose
from mailgate.outbound.sign import signed
from mailgate.wiring import Parts, build
from store import signing_keys
from store.billing import invoices
from store.engine import reading, transaction
from store.post import outbox
from store.schema import dunning_steps
from store.schema import outbox as rows

PART = "collecting"
CUSTOMERS, MAILS = 5000, 300
HOLD = timedelta(minutes=16)


def collecting(run: Run) -> Iterator[Result]:
    """A shop whose invoices are brought, and reminded of twice; then the mails that bring them are composed."""
    shop = replace(shop_of(run), customers=run.much(CUSTOMERS), services=run.much(CUSTOMERS))
    directory = run.room(PART)
    url = f"sqlite:///{directory / 'mailgate.db'}"
    with store_of(url, shop) as engine:
        settings = _settings(url, directory)
        if run_billing(engine, settings, Today(shop.bill_at), by="bench") is None:
            raise Failed("nothing was billed")
        yield _steps(engine, settings, shop)
    parts = build(settings, _no_job)
    try:
        yield from _composed(run, parts, shop)
    finally:
        parts.close()


def _settings(url: str, directory: Path) -> Settings:
    usual = Settings()
    return replace(
        usual,
        store=replace(usual.store, url=url, archive=directory / "archive"),
        billing=replace(usual.billing, fuse_least=10**9),
    )


def _no_job(job: Job, row_id: int) -> None:
    """Whoever is asked looks for itself."""


def _steps(engine: Engine, settings: Settings, shop: Shop) -> Result:
    """Three rungs: the invoice is brought, announced before its day, and asked for on it."""
    tell(f"{PART}: {shop.customers:,} invoices climb three steps")
    at = [shop.bill_at + HOLD, shop.bill_at + timedelta(days=8), shop.bill_at + timedelta(days=11)]
    begin = perf_counter()
    for now in at:
        climb(engine, settings, now)
    seconds = perf_counter() - begin
    with reading(engine) as conn:
        done = int(conn.execute(select(func.count()).select_from(dunning_steps)).scalar_one())
    if done < 3 * shop.customers:
        raise Failed(f"{done} steps were done of {3 * shop.customers}")
    rate = done / seconds
    return Result(PART, "steps of the ladder", f"{shown(rate)}/s, {shop.customers:,} invoices", rate, STEPS)


def climb(engine: Engine, settings: Settings, now: datetime) -> None:
    """Each invoice takes the step that is due."""
    row = next(one for one in due.DUE if one.kind is DueKind.LADDER)
    while True:
        with reading(engine) as conn:
            numbers = [number for number, _ in row.find(conn, settings, now)]
        if not numbers:
            return
        for first in range(0, len(numbers), row.together):
            some = numbers[first : first + row.together]
            due.meet(engine, DueKind.LADDER, some, settings=settings, enqueue=_no_job, now=now)


def _composed(run: Run, parts: Parts, shop: Shop) -> Iterator[Result]:
    """One worker, without a smarthost: up to the bytes that would be sent, and what is kept of them."""
    now, many = shop.bill_at + timedelta(hours=1), run.much(MAILS)
    pair = make_pair(1)
    with transaction(parts.engine) as conn:
        signing_keys.add(conn, pair, now=now)
        signing_keys.enable(conn, now=now)
    with reading(parts.engine) as conn:
        brings = rows.c.template == "invoice-created"
        ids = list(conn.execute(select(rows.c.id).where(brings).order_by(rows.c.id).limit(2 * many + 1)).scalars())
    composer = Composer(
        parts.engine, parts.archive, parts.templates, parts.makers, parts.settings.gate.domain, alone, no_fail_point
    )
    tell(f"{PART}: {many} mails with a PDF")
    _compose(parts, composer, ids[:1], now)  # what is loaded once
    whole = _compose(parts, composer, ids[1 : many + 1], now)
    alone_seconds = _parts_alone(parts, composer, ids[many + 1 :], now)
    words = f"{shown(many / whole)}/s, its parts alone {shown(many / alone_seconds)}/s"
    yield Result(PART, "invoice mails with PDF / the sum of its parts", words, alone_seconds / whole, COMPOSED)


def _compose(parts: Parts, composer: Composer, ids: list[int], now: datetime) -> float:
    begin = perf_counter()
    for number in ids:
        with transaction(parts.engine, durable=False) as conn:
            lent = outbox.lend(conn, number, now=now)
            if lent is None:
                raise Failed(f"mail {number} cannot be had")
            head = composer.look_up(conn, lent.row, today=now.date())
        mail = composer(lent, head, now=now)
        if mail.unkept is None:
            raise Failed(f"mail {number} was composed before")
        with transaction(parts.engine) as conn:
            mail.unkept.keep(conn, parts.archive, lent, None)
    return perf_counter() - begin


def _parts_alone(parts: Parts, composer: Composer, ids: list[int], now: datetime) -> float:
    """The same work of as many other mails, each part by itself, and nothing is stored."""
    with reading(parts.engine) as conn:
        found = [row for number in ids if (row := outbox.show(conn, number)) is not None]
        head = composer.look_up(conn, found[0], today=now.date())
        models = [one.model for one in invoices.several(conn, [row.notice.about_id or 0 for row in found])]
    begin = perf_counter()
    made = [parts.make_pdf(model).content for model in models]
    written = [
        compose(
            replace(row.notice, attachments=(file := _named(pdf),)),
            message_id=row.message_id,
            at=row.created_at,
            reverse_path=head.reverse_path,
            attachments=[(file, pdf)],
            templates=parts.templates,
        ).raw
        for row, pdf in zip(found, made, strict=True)
    ]
    for raw in written:
        signed(raw, head.signers, domain=parts.settings.gate.domain, at=now)
    return perf_counter() - begin


def _named(pdf: bytes) -> NoticeAttachment:
    return NoticeAttachment("invoice.pdf", "application/pdf", sha256(pdf).hexdigest())
