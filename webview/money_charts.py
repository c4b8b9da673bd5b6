"""The figures of the business as charts with their conclusions: who owes, what was earned, what recurs."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from mailgate.billing.figures.aging import Aged, Bucket
from mailgate.billing.figures.recurring import Recurring
from mailgate.billing.figures.revenue import Revenue
from mailgate.billing.money.words import amount
from mailgate.language.telling import month, number, short_month
from webview.columns import Amount, columns
from webview.drawing import NARROW, WIDE, Canvas
from webview.report_pages import Shown
from webview.words import Words

_INVOICES = "/staff/invoices"
_WORD_OF_AGE = 46  # pixels that one of the ages takes


def ages(words: Words) -> Mapping[Bucket, str]:
    """How each age is called."""
    return {
        Bucket.NOT_DUE: words.gettext("not due"),
        Bucket.TO_30: "1–30",
        Bucket.TO_60: "31–60",
        Bucket.TO_90: "61–90",
        Bucket.OVER_90: words.gettext("over 90"),
    }


def owing(words: Words, one: Aged) -> Shown:
    """Who owes: what is open in one currency, by the days since it was due."""
    currency = one.currency
    title = words.gettext("Who owes, in %(currency)s", currency=currency)
    conclusion = words.gettext(
        "%(total)s are to be paid, of which %(late)s are late.",
        total=amount(one.total_minor, currency),
        late=amount(one.late_minor, currency),
    )
    named = ages(words)
    bars = []
    for bucket in Bucket:
        minor, count = one.minor.get(bucket, 0), one.invoices.get(bucket, 0)
        told = words.ngettext(
            "%(age)s: %(amount)s, %(num)s invoice",
            "%(age)s: %(amount)s, %(num)s invoices",
            count,
            age=named[bucket] if bucket is Bucket.NOT_DUE else words.gettext("%(age)s days late", age=named[bucket]),
            amount=amount(minor, currency),
        )
        href = f"{_INVOICES}?age={bucket.value}&currency={currency}"
        bars.append(Amount(told, minor, href, named[bucket]))
    return _shown(title, conclusion, bars, currency, room=_WORD_OF_AGE)


def earning(words: Words, rows: Sequence[Revenue]) -> Shown:
    """What was earned in one currency, month by month."""
    last = rows[-1]
    currency = last.currency
    title = words.gettext("Revenue in %(currency)s, the last %(count)s months", currency=currency, count=len(rows))
    conclusion = words.gettext(
        "Without tax %(issued)s were invoiced in %(month)s, and %(earned)s are for days of that month.",
        issued=amount(last.issued_minor, currency),
        month=month(last.month),
        earned=amount(last.earned_minor, currency),
    )
    bars = [
        Amount(
            words.gettext(
                "%(month)s: invoiced %(issued)s, for its days %(earned)s",
                month=month(one.month),
                issued=amount(one.issued_minor, currency),
                earned=amount(one.earned_minor, currency),
            ),
            one.issued_minor,
            f"{_INVOICES}?month={one.month:%Y-%m}&currency={currency}",
            short_month(one.month),
            one.earned_minor,
        )
        for one in rows
    ]
    legend = words.gettext("invoiced"), words.gettext("for its days")
    return _shown(title, conclusion, bars, currency, legend=legend)


def recurrent(words: Words, rows: Sequence[Recurring], at: date) -> Shown:
    """What recurs in one currency, month by month."""
    last = rows[-1]
    currency = last.currency
    title = words.gettext("Monthly recurring revenue in %(currency)s", currency=currency)
    conclusion = words.ngettext(
        "%(num)s service brings in %(mrr)s a month, without tax; in %(month)s that changed by %(by)s.",
        "%(num)s services bring in %(mrr)s a month, without tax; in %(month)s that changed by %(by)s.",
        last.services,
        mrr=amount(last.mrr_minor, currency),
        month=month(last.month),
        by=amount(last.mrr_minor - last.opening_minor, currency),
    )
    bars = [
        Amount(
            words.gettext("%(month)s: %(mrr)s", month=month(one.month), mrr=amount(one.mrr_minor, currency)),
            one.mrr_minor,
            moves_page(one.month, currency, at),
            short_month(one.month),
        )
        for one in rows
    ]
    return _shown(title, conclusion, bars, currency)


def moves_page(of_month: date, currency: str, at: date) -> str:
    """Where the services stand that made a difference in a month; `at`: the day of the report."""
    end = (of_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return f"/staff/reports/recurring?at={min(end, at)}&currency={currency}"


def _shown(
    title: str,
    conclusion: str,
    bars: Sequence[Amount],
    currency: str,
    *,
    legend: Sequence[str] = (),
    room: int = 58,
) -> Shown:
    def draw(canvas: Canvas) -> Markup:
        return columns(title, conclusion, bars, currency=currency, tell=number, legend=legend, room=room, canvas=canvas)

    return Shown(title, conclusion, draw(WIDE), draw(NARROW))
