"""Money: questions a second that `mailgate money check` answers through a pipe, its start included."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench.program import MAILGATE, Failed
from bench.results import MONEY, Result
from bench.run import Run, tell

QUESTIONS = 200_000
ECHO = (
    sys.executable,
    "-c",
    "import json, sys\nfor line in sys.stdin.buffer:\n print(json.dumps(json.loads(line)), flush=True)",
)
"""What reading and writing the same lines costs."""


def money(run: Run) -> Iterator[Result]:
    """Every kind of question but those that take a file of their own, in turns."""
    asked = run.room("money") / "questions"
    many = run.much(QUESTIONS)
    with asked.open("w") as file:
        file.writelines(f"{json.dumps(question)}\n" for question in questions(many))
    tell(f"money: {many:,} questions, {run.rounds} rounds")
    turns = run.in_turns(lambda _: _a_second((*MAILGATE, "money", "check"), asked), lambda _: _a_second(ECHO, asked))
    words = turns.words(than="echo")
    yield Result("money", "questions through a pipe", words, median(turns.ours), MONEY, turns.as_details())


def questions(many: int) -> Iterator[Mapping[str, object]]:
    """So many, the same in every run."""
    chance = random.Random("money")
    kinds = cycle(_KINDS)
    for number, (op, keys) in enumerate(islice(kinds, many)):
        start = date(2031, 1, 1) + timedelta(days=chance.randrange(3000))
        usual = {
            "start": start.isoformat(),
            "end": (start + timedelta(days=chance.randrange(1, 800))).isoformat(),
            "anchor": start.isoformat(),
            "on": (start + timedelta(days=chance.randrange(800))).isoformat(),
            "date": start.isoformat(),
            "at": f"{start}T{chance.randrange(24):02}:30:00Z",
            "price_minor": chance.randrange(100, 100_000),
            "days": chance.randrange(32),
            "amount": f"{chance.randrange(10_000)}.{chance.randrange(1000):03}",
        }
        yield {"id": f"q{number}", "op": op, **{key: usual.get(key, value) for key, value in keys.items()}}


_ANY = None  # a value of chance
_LINES = [{"net_minor": 1999, "rate": "19", "category": "S"}, {"net_minor": 450, "rate": "7.0", "category": "S"}]
_KINDS: Sequence[tuple[str, Mapping[str, object]]] = (
    ("slice", {"price_minor": _ANY, "currency": "EUR", "days": _ANY, "cycle_days": 31}),
    ("change", {"old_price_minor": 1000, "new_price_minor": 2500, "currency": "EUR", "days": _ANY, "cycle_days": 31}),
    ("first", {"start": _ANY, "bill_day": 31, "months": 1, "price_minor": _ANY, "currency": "JPY"}),
    ("cycles", {"start": _ANY, "end": _ANY, "bill_day": 15, "months": 3}),
    ("bill_dates", {"start": _ANY, "bill_day": 30, "months": 1, "count": 12}),
    ("nth", {"anchor": _ANY, "months": 12, "n": 3}),
    ("period", {"anchor": _ANY, "months": 1, "on": _ANY}),
    ("local_date", {"at": _ANY, "zone": "Pacific/Auckland"}),
    ("local_start", {"date": _ANY, "zone": "America/Havana"}),
    ("local_time", {"date": _ANY, "time": "08:00", "zone": "Europe/Berlin"}),
    ("tax", {"currency": "EUR", "inclusive": False, "lines": _LINES}),
    ("invoice", {"currency": "EUR", "lines": _LINES, "prepaid_minor": 100}),
    ("line", {"unit_price": "19.99", "quantity": "1.5", "currency": "EUR"}),
    ("round", {"amount": _ANY, "currency": "KWD"}),
    ("split", {"total_minor": 10_000, "weights": [3, 1, 2]}),
    ("exponent", {"currency": "CLF"}),
    ("reference_make", {"base": "539007547034"}),
    ("reference_check", {"reference": "RF18 5390 0754 7034"}),
    ("epc", {"name": "Anne Miller", "iban": "DE02120300000000202051", "amount": "12.30", "text": "Invoice 7"}),
)


def _a_second(program: Sequence[str], asked: Path) -> float:
    begin = time.perf_counter()
    with asked.open("rb") as stdin, subprocess.Popen(program, stdin=stdin, stdout=subprocess.PIPE) as process:
        assert process.stdout
        answers = sum(1 for _ in process.stdout)
    seconds = time.perf_counter() - begin
    with asked.open("rb") as file:
        expected = sum(1 for _ in file)
    if process.returncode or answers != expected:
        raise Failed(f"{expected:,} questions had {answers:,} answers, exit {process.returncode}")
    return answers / seconds
