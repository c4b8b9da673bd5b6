"""The parts, put together from the settings: each built once, and what each job and each door does with them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from mailgate.config import Settings
from mailgate.flows import due
from mailgate.flows.billing.card.cards import CardForgetter
from mailgate.flows.billing.invoicing.run import run_what_is_due
from mailgate.flows.billing.papers.enclosed import document_maker
from mailgate.flows.billing.papers.receipt import RECEIPT_PDF, receipt_maker
from mailgate.flows.billing.papers.statement import STATEMENT_PDF, statement_maker
from mailgate.flows.billing.provider.charging import Charger
from mailgate.flows.billing.provider.keep_links import LinkKeeper
from mailgate.flows.billing.provider.provider_lists import ListReader
from mailgate.flows.billing.provider.send_refund import Refunder
from mailgate.flows.billing.told.letters import DOCUMENT_PDF
from mailgate.flows.billing.verify_ledger import verify_ledger
from mailgate.flows.hook import HookCaller
from mailgate.flows.indexing import index_all, index_some
from mailgate.flows.intake.receive import Receiver
from mailgate.flows.knowledge import take_over
from mailgate.flows.post.deliver import Deliverer
from mailgate.flows.teach import TeachFilter, teach
from mailgate.inbound.accept import Acceptance, Coming, Limits, nobody
from mailgate.inbound.article_folder import ArticleFolder
from mailgate.inbound.authenticate import SenderCheck
from mailgate.inbound.spamd import OFF, SpamVerdict
from mailgate.jobs import Aside, Bounded, Computing, Enqueue, FailPoint, Job, alone, at_hand, no_fail_point, unbounded
from mailgate.letters.notice import Maker
from mailgate.log_events import LogEvent
from mailgate.outbound.document.pdf import Pdf
from mailgate.outbound.document.receipt import receipt_pdf
from mailgate.outbound.document.statement import statement_pdf
from mailgate.outbound.domains import Domains
from mailgate.outbound.pool import Pool
from mailgate.outbound.templates import Templates
from mailgate.outbound.unanswered import Unanswered
from mailgate.payments.provider import Provider
from mailgate.wiring.drawing import SHEETS, frame_of, pdf_maker
from mailgate.wiring.servers import checkers_of, provider_of, sender_check_of, smarthosts_of, spamd_of
from store.archive import Archive, archive_of
from store.engine import connect
from store.migrations import upgrade

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a program of ours is put together from."""

    settings: Settings
    engine: Engine
    archive: Archive
    enqueue: Enqueue
    templates: Templates
    makers: Mapping[str, Maker]  # of files that exist when a mail is composed
    make_pdf: Callable[[str], Pdf]  # of the frozen model of a document
    smarthosts: Sequence[Pool]  # none: outgoing mail stays queued
    provider: Provider  # who handles cards, or nobody
    unanswered: Unanswered
    domains: Domains
    check_spam: Callable[[bytes], SpamVerdict]
    check_sender: SenderCheck
    teach_filter: TeachFilter
    article_folder: ArticleFolder
    checkers: Executor | None  # for checks that wait for servers; None: none of them does
    computing: Computing
    bounded: Bounded
    fail_point: FailPoint
    receive_all: Receiver = field(init=False)
    deliver: Deliverer = field(init=False)
    charger: Charger = field(init=False)

    def __post_init__(self) -> None:
        """Build the flows that need much of the above; `replace` builds them anew."""
        receiver = Receiver(
            engine=self.engine,
            archive=self.archive,
            settings=self.settings,
            check_spam=self.check_spam,
            check_sender=self.check_sender,
            enqueue=self.enqueue,
            in_turn=self.checkers.map if self.checkers else map,
            suggest=self.article_folder.best,
            computing=self.computing,
            bounded=self.bounded,
            fail_point=self.fail_point,
        )
        deliverer = Deliverer(
            engine=self.engine,
            archive=self.archive,
            settings=self.settings,
            templates=self.templates,
            smarthosts=self.smarthosts,
            unanswered=self.unanswered,
            domains=self.domains,
            enqueue=self.enqueue,
            makers=self.makers,
            computing=self.computing,
            fail_point=self.fail_point,
        )
        object.__setattr__(self, "receive_all", receiver)  # frozen
        object.__setattr__(self, "deliver", deliverer)
        charger = Charger(self.engine, self.settings, self.provider, self.fail_point, self.computing)
        object.__setattr__(self, "charger", charger)

    @property
    def work(self) -> Mapping[Job, Callable[[int, datetime], None]]:
        """The flow of each job."""
        return {
            Job.RECEIVE: self.receive,
            Job.DELIVER: self.deliver,
            Job.TEACH: self.teach,
            Job.LEDGER: self.verify_ledger,
            Job.BILL: self.bill,
            Job.HOOK: self.call_hook,
            Job.CHARGE: self.charge,
            Job.OFFER: self.keep_link,
            Job.CARD: self.forget_card,
            Job.REFUND: self.refund,
            Job.PROVIDER: self.read_list,
        }

    def receive(self, spool_id: int, now: datetime) -> None:
        """Give one accepted message its disposition."""
        self.receive_all((spool_id,), now)

    def teach(self, lesson_id: int, now: datetime) -> None:
        """Tell spamd what a person decided."""
        teach(lesson_id, engine=self.engine, archive=self.archive, teach_filter=self.teach_filter, now=now)

    def verify_ledger(self, row_id: int, now: datetime) -> None:
        """Look through the ledger."""
        verify_ledger(row_id, engine=self.engine, settings=self.settings, computing=self.computing, now=now)

    def bill(self, row_id: int, now: datetime) -> None:
        """Issue the invoices that are due."""
        run_what_is_due(
            row_id,
            engine=self.engine,
            settings=self.settings,
            computing=self.computing,
            now=now,
            fail_point=self.fail_point,
        )

    def call_hook(self, call_id: int, now: datetime) -> None:
        """Tell a program of the operator's what happened."""
        HookCaller(self.engine, self.settings, self.enqueue, self.fail_point)(call_id, now)

    def charge(self, charge_id: int, now: datetime) -> None:
        """Charge a saved card, or look up what came of that."""
        self.charger(charge_id, now)

    def keep_link(self, offer_id: int, now: datetime) -> None:
        """Make, look at or close a link by which somebody pays."""
        keeper = LinkKeeper(self.engine, self.settings, self.provider, self.enqueue, self.fail_point, self.computing)
        keeper(offer_id, now)

    def forget_card(self, card_id: int, now: datetime) -> None:
        """Have the provider forget a card."""
        CardForgetter(self.engine, self.provider, self.fail_point)(card_id, now)

    def refund(self, refund_id: int, now: datetime) -> None:
        """Send money back, or see how that stands."""
        Refunder(self.engine, self.settings, self.provider, self.fail_point)(refund_id, now)

    def read_list(self, row_id: int, now: datetime) -> None:
        """Take in what a provider has done by itself."""
        ListReader(self.engine, self.settings, self.provider, self.fail_point)(row_id, now)

    def sweep(self, now: datetime) -> None:
        """Send the jobs of all that is due."""
        delivering = bool(self.smarthosts)
        due.sweep(
            self.engine,
            settings=self.settings,
            enqueue=self.enqueue,
            now=now,
            delivering=delivering,
            computing=self.computing,
        )
        self.read_articles(now)
        index_some(self.engine, self.computing)

    def run_due(self, at: datetime) -> Mapping[str, int]:
        """Do all that is due, inline; returns how many of each kind."""
        delivering = bool(self.smarthosts)
        done = due.run(self.engine, settings=self.settings, flows=self._inline, at=at, delivering=delivering)
        self.read_articles(at)
        index_all(self.engine)
        return done

    def read_articles(self, now: datetime) -> None:
        """Keep what the folder of the knowledge base holds, when that has changed."""
        shelf = self.article_folder.news(now)
        if shelf is not None:
            take_over(self.engine, shelf, now=now)
            self.article_folder.taken(shelf)

    def _inline(self, enqueue: Enqueue) -> Mapping[Job, Callable[[int, datetime], None]]:
        return replace(self, enqueue=enqueue).work

    def acceptance(self, coming: Coming = nobody, enqueue: Enqueue | None = None) -> Acceptance:
        """A door for mail; the caller starts and stops it. `coming` hears of each mail, `enqueue` of each on disk."""
        limits = self.settings.limits
        return Acceptance(
            self.engine,
            self.archive,
            enqueue or self.enqueue,
            Limits(limits.max_message_bytes, limits.max_header_bytes, limits.min_free_bytes),
            directory=self.settings.disk_of_mail,
            coming=coming,
            fail_point=self.fail_point,
        )

    def close(self) -> None:
        """Give back what is open: connections to the smarthost and to the store."""
        for smarthost in self.smarthosts:
            smarthost.close()
        if self.checkers is not None:
            self.checkers.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


def build(
    settings: Settings,
    enqueue: Enqueue,
    *,
    computing: Computing = alone,
    aside: Aside = at_hand,
    bounded: Bounded = unbounded,
    fail_point: FailPoint = no_fail_point,
) -> Parts:
    """Put the parts together; an empty or older embedded store is migrated first.

    `computing`: whose turn it is, when jobs run in several threads; `aside`: for one of them that waits meanwhile for a
    large blob; `bounded`: what no message may overstep there.

    Raises what a missing secret or an unusable store raises.
    """
    engine = connect(settings.store.url)
    archive, pdf = archive_of(settings, aside), pdf_maker(settings)
    settings.store.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        migrated = upgrade(engine)
    except BaseException:
        engine.dispose()  # nobody else will
        raise
    if migrated:
        log.info(LogEvent.STORE_MIGRATED(url=engine.url.render_as_string(hide_password=True)))
    spamd, smarthosts = spamd_of(settings), smarthosts_of(settings)
    sheet = SHEETS[settings.documents.paper]
    return Parts(
        settings=settings,
        engine=engine,
        archive=archive,
        enqueue=enqueue if smarthosts else partial(_receive_only, enqueue),
        templates=Templates(settings.templates.directory, frame=frame_of(settings)),
        makers={
            DOCUMENT_PDF: document_maker(engine, archive, pdf.make),
            STATEMENT_PDF: statement_maker(partial(statement_pdf, pdf.draw, sheet)),
            RECEIPT_PDF: receipt_maker(partial(receipt_pdf, pdf.draw, sheet)),
        },
        make_pdf=pdf.make,
        smarthosts=tuple(map(Pool, smarthosts)),
        provider=provider_of(settings),
        unanswered=Unanswered(settings.smarthost.unanswered_at_once),
        domains=Domains(
            settings.smarthost.per_domain_at_once, pause=timedelta(seconds=settings.smarthost.domain_pause_seconds)
        ),
        check_spam=spamd.check if spamd else _unchecked,
        check_sender=sender_check_of(settings),
        teach_filter=spamd.teach if spamd else _untaught,
        article_folder=ArticleFolder(
            settings.knowledge_base.folder, reread_seconds=settings.knowledge_base.reread_seconds
        ),
        checkers=checkers_of(settings),
        computing=computing,
        bounded=bounded,
        fail_point=fail_point,
    )


def _receive_only(enqueue: Enqueue, job: Job, row_id: int) -> None:
    """Without a smarthost there is nothing to be done about a mail of ours: it stays queued."""
    if job is not Job.DELIVER:
        enqueue(job, row_id)


def _unchecked(_raw: bytes) -> SpamVerdict:
    return OFF


def _untaught(_raw: bytes, _spam: bool) -> bool:
    return True  # nobody is there to be told, so nobody needs to be told again
