"""Parse: what intake computes of a mail, and what `mailgate inspect` prints, against other libraries that read it."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import mailparser

from bench.letters import Letter, mix
from bench.results import INSPECT, INTAKE, Goal, Result
from bench.run import Run, tell
from mailgate.config import Settings
from mailgate.flows.story.identify import Claim, identify
from mailgate.flows.story.incoming import read
from mailgate.inbound.accept import header_bytes
from mailgate.inbound.authenticate import believed
from mailgate.inbound.smtp import refuse_bare_bytes
from mailgate.inbound.spamd import OFF
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.inspection import inspect_mail
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import from_rule
from store.archive import Archive, Directory
from store.post.spool import Lent

SHAPES = {"text": 0.6, "html": 0.3, "file": 0.1}
MAILS = 100
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Read = Callable[[Letter], None]


def parsing(run: Run) -> Iterator[Result]:
    """Time a mail, for each shape and for the mix; less is better."""
    letters = mix(run.much(MAILS) * 10, "parse")
    some = {shape: _of_shape(letters, shape)[: run.much(MAILS)] for shape in SHAPES}
    intake = _intake(run)
    pairs: tuple[tuple[str, Read, str, Read, Goal | None], ...] = (
        ("intake", intake, "mail-parser", _mail_parser, INTAKE),
        ("intake", intake, "standard library", _standard_library, None),
        ("inspect", _inspect, "mail-parser", _mail_parser, INSPECT),
        ("inspect", _inspect, "standard library", _standard_library, None),
    )
    for name, ours, peer, theirs, goal in pairs:
        tell(f"parse: {name} against {peer}")
        for shape, mails in some.items():
            _milliseconds(ours, mails[:10])
            _milliseconds(theirs, mails[:10])
            turns = run.in_turns(lambda _: _milliseconds(ours, mails), lambda _: _milliseconds(theirs, mails))  # noqa: B023
            yield Result("parse", f"{name}, {shape}", turns.words(" ms", peer), turns.ratio, None)
        turns = run.in_turns(lambda _: _mixed(ours, some), lambda _: _mixed(theirs, some))  # noqa: B023
        yield Result("parse", f"{name}, mix", turns.words(" ms", peer), turns.ratio, goal, turns.as_details())


def _intake(run: Run) -> Read:
    """What is computed before the ticket is committed."""
    archive, settings = Archive(Directory(run.room("parse"))), Settings()

    def intake(letter: Letter) -> None:
        refuse_bare_bytes(letter.raw)
        header_bytes(letter.raw, settings.limits.max_header_bytes)
        blob = archive.prepare(letter.raw)
        envelope = Envelope(letter.sender, (letter.recipient,), Door.SMTP, NOW)
        lent = Lent(1, "", envelope, blob.sha256, attempts=1, released=False, last_error=None)
        message = parse(letter.raw, render_html=False)
        claim = Claim(from_rule(letter.raw), is_staff=False)
        identity = identify(claim, lent, letter.raw, message, check_sender=believed, now=NOW)
        read(lent, letter.raw, message, identity, OFF, settings=settings, archive=archive, keys={}, today=NOW.date())

    return intake


def _inspect(letter: Letter) -> None:
    json.dumps(inspect_mail(letter.raw), ensure_ascii=False)


def _mail_parser(letter: Letter) -> None:
    mail = mailparser.parse_from_bytes(letter.raw)
    _ = (mail.subject, mail.from_, mail.to, mail.date, mail.message_id, mail.text_plain, mail.text_html)
    _ = mail.attachments


def _standard_library(letter: Letter) -> None:
    mail = message_from_bytes(letter.raw, policy=default)
    _ = [mail[name] for name in ("subject", "from", "to", "date", "message-id")]
    for kind in ("plain", "html"):
        if (body := mail.get_body((kind,))) is not None:
            body.get_content()
    _ = [part.get_content() for part in mail.iter_attachments()]


def _of_shape(letters: Sequence[Letter], shape: str) -> list[Letter]:
    marks = {"html": b"multipart/alternative", "file": b"multipart/mixed", "text": b"Content-Type: text/plain"}
    return [one for one in letters if marks[shape] in one.raw and (shape != "text" or b"multipart/" not in one.raw)]


def _milliseconds(parse: Callable[[Letter], None], mails: Sequence[Letter]) -> float:
    begin = time.perf_counter()
    for mail in mails:
        parse(mail)
    return 1000 * (time.perf_counter() - begin) / len(mails)


def _mixed(parse: Callable[[Letter], None], some: dict[str, list[Letter]]) -> float:
    return sum(share * _milliseconds(parse, some[shape]) for shape, share in SHAPES.items())
