"""The events of the log: one row each, with the name by which operators count it and the line that they read.

`log.warning(LogEvent.DEFERRED(outbox=55, attempt=3, next=…, reply=…))` logs one. Metrics and the log as JSON take name
and fields as they are given, so that a line may be put in other words without renaming either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique


@dataclass(frozen=True, slots=True)
class Happened:
    """One event with its values. As text it is the line; the logging module asks for that when a line is shown."""

    kind: "LogEvent"
    words: tuple[object, ...]
    """What stands in the line, and is no field."""
    fields: Mapping[str, object]

    def __str__(self) -> str:
        return self.kind.line.format(*self.words, **self.fields)


@unique
class LogEvent(Enum):
    """An event: its name, what it is about (its first field, a label of the metric), and its line.

    `{key}` in the line takes a field, `{}` a word. What a stranger wrote and may hold blanks is shown with `!r`.
    """

    # Mail comes in
    ACCEPTED = "accepted", "spool", "accepted spool={spool} door={door} peer={peer} bytes={bytes}"
    FETCHED = "accepted", "spool", "accepted spool={spool} door=imap folder={folder} uid={uid} bytes={bytes}"
    REFUSED_CONNECTION = "refused connection", "peer", "refused connection peer={peer} open={open}"
    REFUSED_RECIPIENT = "refused", "recipient", "refused recipient={recipient!r} peer={peer}"
    NOT_ACCEPTED = "not accepted", "peer", "not accepted peer={peer} reply={reply!r}"
    NOT_ACCEPTED_BROKEN = "not accepted", "peer", "not accepted peer={peer}"
    NOT_ARCHIVED = "not accepted", "error", "not accepted: archive error={error!r}"
    NOT_COMMITTED = "not accepted", "messages", "not accepted: messages={messages} error={error!r}"
    STORAGE_LOW = "storage low", "directory", "storage low: directory={directory} free={free}"
    LISTENER = "listener", "error", "listener error={error!r}"

    # Folders on other servers
    FETCHING = "fetching", "folder", "fetching folder={folder} server={server}"
    NOT_FETCHED = "not fetched", "folder", "not fetched folder={folder} error={error!r}"
    HINDERED = "hindered", "folder", "hindered folder={folder} error={error!r}"
    BROKEN_FOLDER = "broken", "folder", "broken folder={folder}"
    NOT_YET_NOTED = "not yet noted", "folder", "not yet noted folder={folder} error={error!r}"
    UIDS_CHANGED = "uids changed", "folder", "uids changed folder={folder} from={from} to={to}"
    LEFT_ON_SERVER = (
        "left on the server",
        "folder",
        "left on the server folder={folder} uid={uid} bytes={bytes} reason={reason}",
    )
    LEFT_BEHIND = "left behind", "folder", "left behind folder={folder}: its server does not answer"

    # A mail gets its disposition
    SETTLED = "settled", "spool", "settled spool={spool} disposition={disposition} ticket={ticket}"
    UNVERIFIED = "unverified", "spool", "unverified spool={spool} error={error!r}"
    POSTPONED_SPOOL = "postponed", "spool", "postponed spool={spool} error={error!r}"
    POSTPONED_LOOKUP = "postponed", "spool", "postponed spool={spool} next={next} error={error!r}"
    NOT_BROUGHT_FORWARD = "not brought forward", "error", "not brought forward error={error!r}"
    LEASE_LOST = "lease lost", "spool", "lease lost spool={spool}"
    FAILED_SPOOL = "failed", "spool", "failed spool={spool} attempt={attempt}"
    PARKED_SPOOL = "parked", "spool", "parked spool={spool} reason={reason!r}"
    NOT_YET_SAVED_SPOOL = "not yet saved", "spool", "not yet saved spool={spool} error={error!r}"
    NOT_SAVED = "not saved", "spool", "not saved spool={spool}; its lease will run out"
    RELEASED = "released", "spool", "released spool={spool} by={by!r}"
    REFUSED_SPOOL = "refused", "spool", "refused spool={spool} by={by!r} spam={spam}"
    NOT_ASKED = "not asked", "spool", "not asked spool={spool} kind={kind}"
    EXPIRED = "expired", "confirmation", "expired confirmation={confirmation} kind={kind}"

    # Spam
    UNSCORED = "unscored", "reason", 'unscored reason="{reason}" spamd={spamd} error={error!r}'
    UNTAUGHT = "untaught", "as", 'untaught as={as} reason="{reason}" spamd={spamd} error={error!r}'
    NOTHING_LEARNT = "untaught", "as", 'untaught as={as} reason="nothing learnt" spamd={spamd}'
    TAUGHT = "taught", "lesson", "taught lesson={lesson} spam={spam} taken={taken}"
    POSTPONED_LESSON = "postponed", "lesson", "postponed lesson={lesson} error={error!r}"

    # Mail goes out
    SENT = "sent", "outbox", "sent outbox={outbox} to={to} reply={reply!r}"
    DEFERRED = "deferred", "outbox", "deferred outbox={outbox} attempt={attempt} next={next} reply={reply!r}"
    IN_DOUBT = "in doubt", "outbox", "in doubt outbox={outbox} next={next} error={error!r}"
    PARKED_OUTBOX = (
        "parked",
        "outbox",
        "parked outbox={outbox} reply={reply!r}: `mailgate queue retry|cancel {outbox}` decides",
    )
    UNDELIVERED = "undelivered", "outbox", "undelivered outbox={outbox} to={to} reply={reply!r}"
    DROPPED = "dropped", "outbox", "dropped outbox={outbox} to={to} reason={reason!r}"
    NOT_SENT = "not sent", "template", "not sent template={template} to={to} reason={reason!r}"
    WORDS_PROBLEM = "template problem", "problem", "template problem problem={problem!r}"
    TEMPLATE_PROBLEM = (
        "template problem",
        "outbox",
        "template problem outbox={outbox} template={template} problem={problem!r}",
    )
    POSTPONED_OUTBOX = "postponed", "outbox", "postponed outbox={outbox} error={error!r}"
    FAILED_OUTBOX = "failed", "outbox", "failed outbox={outbox} attempt={attempt}"
    NOT_YET_SAVED_OUTBOX = "not yet saved", "outbox", "not yet saved outbox={outbox} error={error!r}"
    SMARTHOST_SLOW = "smarthost slow", "", "smarthost slow: one mail more goes out unanswered after {:g} s"
    SMARTHOST_RESTS = (
        "smarthost rests",
        "smarthost",
        "smarthost rests smarthost={smarthost} failures={failures} until={until} error={error!r}",
    )
    DOMAIN_BUSY = "domain busy", "outbox", "domain busy outbox={outbox} next={next}"
    SMARTHOST_BACK = "smarthost back", "smarthost", "smarthost back smarthost={smarthost} since={since}"

    # Work that is due
    DUE_FAILED = "due failed", "kind", "due failed kind={kind} object={object}"
    SWEEP_FAILED = "sweep failed", "", "sweep failed; the next comes in {:g} s"
    NOT_SWEPT = "not swept", "error", "not swept error={error!r}"
    NOT_ENQUEUED = "not enqueued", "job", "not enqueued job={job} row={row}; the sweep will find it"
    BROKER_AWAY = "broker away", "broker", "broker away broker={broker} doing={doing!r} error={error!r}"
    BROKER_BACK = "broker back", "broker", "broker back broker={broker} doing={doing!r}"
    BROKEN_JOB = "broken", "job", "broken job={job} row={row}"
    BROKEN_ROWS = "broken", "rows", "broken rows={rows}"

    # The gate begins and ends
    LISTENING = "listening", "door", "listening door={door} host={host} port={port}"
    LISTENING_WEB = "listening", "host", "listening door=web host={host} port={port}"
    LISTENING_METRICS = "listening", "host", "listening door=metrics host={host} port={port}"
    LISTENING_CALLS = "listening", "host", "listening door=payments host={host} port={port}"
    EVIDENCE = "evidence", "door", 'evidence door={door} best={best} checks="{checks}"'
    NO_EFFECT_YET = "no effect yet", "", "no effect yet: {}"
    SETTING = "other", "", "{}"
    STORE_MIGRATED = "store migrated", "url", "store migrated url={url}"
    TAKEN_UP = "left by a former process", "in", "left by a former process: in={in} out={out}"
    BURIED = "buried", "process", "buried process={process} does={does} host={host} pid={pid} in={in} out={out}"
    NOT_RENEWED = "not renewed", "error", "not renewed error={error!r}: others may take this process for dead"
    LEADS = "leads", "process", "leads process={process}: it sweeps for all"
    FILES_REMOVED = "unfinished files", "removed", "unfinished files removed={removed}"
    FILES_NOT_REMOVED = "unfinished files not removed", "error", "unfinished files not removed error={error!r}"
    STOPPING = "stopping", "", "stopping"
    STOPPED = "stopped", "", "stopped"
    WEB_LEFT_BEHIND = "web view still busy, left behind", "host", "web view still busy, left behind host={host}"

    # Pages and the monitoring
    FAILED_REQUEST = "failed", "request", "failed request={request} method={method} path={path}"
    BUSY = "busy", "method", "busy method={method} path={path} error={error!r}"
    REFUSED_HOST = "refused", "host", "refused host={host!r} path={path}"
    REFUSED_METHOD = "refused", "method", "refused method={method!r} path={path}"
    NOT_ANSWERED = "not answered", "path", "not answered path={path}"
    CLIENT_GONE = "client gone", "", "client gone listener=metrics"

    # Signing in
    SIGN_IN_ASKED = "sign-in asked", "network", "sign-in asked network={network}"
    SIGNED_IN = "signed in", "by", "signed in {} by={by}"
    SIGNED_OUT = "signed out", "", "signed out {}"
    SIGN_IN_LINK_MADE = "sign-in link made on the console", "for", "sign-in link made on the console for={for}"
    SIGN_IN_NOT_ACCEPTED = (
        "sign-in mail not accepted",
        "network",
        "sign-in mail not accepted network={network} error={error!r}",
    )
    REFUSED_CODE = "refused sign-in code", "network", "refused sign-in code network={network}"
    REFUSED_FORM = (
        "refused sign-in form of another site",
        "network",
        "refused sign-in form of another site network={network}",
    )
    REFUSED_TOO_OFTEN = "refused sign-in, too often", "network", "refused sign-in, too often network={network}"

    # Money
    SUSPENDED = "suspended", "customer", "suspended customer={customer} invoice={invoice} services={services}"
    ENDED = "ended", "customer", "ended customer={customer} invoice={invoice} services={services}"
    RESTORED = "restored", "customer", "restored customer={customer} services={services}"
    UNREACHABLE = "unreachable", "customer", "unreachable customer={customer} invoice={invoice}"
    CHARGE_BEGUN = "charge begun", "charge", "charge begun charge={charge} customer={customer}"
    CHARGE_DECLINED = (
        "charge declined",
        "charge",
        "charge declined charge={charge} customer={customer} code={code} next={next}",
    )
    CHARGE_IN_DOUBT = "charge in doubt", "charge", "charge in doubt charge={charge} next={next} error={error!r}"
    CHARGE_ENDED = "charge ended", "charge", "charge ended charge={charge} customer={customer} by={by!r}"
    CHARGE_NOT_CANCELLED = (
        "charge not cancelled",
        "charge",
        "charge not cancelled charge={charge} attempt={attempt} error={error!r}",
    )
    CHARGE_REFUSED = "charge refused", "charge", "charge refused charge={charge} error={error!r}"
    POSTPONED_CHARGE = "postponed", "charge", "postponed charge={charge} error={error!r}"
    PAYMENT_TAKEN = (
        "payment taken",
        "payment",
        "payment taken payment={payment} customer={customer} amount={amount} currency={currency}",
    )
    MOVED_MONEY = (
        "moved money",
        "customer",
        "moved money customer={customer} deed={deed} minor={minor} currency={currency}",
    )
    BILLED = "billed", "run", "billed run={run} invoices={invoices} left_out={left_out}"
    NO_GLYPH = "no glyph", "document", "no glyph document={document} signs={signs!r}"
    UNBILLABLE = "unbillable account", "customer", "unbillable account customer={customer}"
    BILLING_CLOCK = "billing stopped", "error", "billing stopped error={error!r}"
    POSTPONED_BILLING = "postponed", "billing", "postponed billing={billing} error={error!r}"
    FUSE_BLOWN = "fuse blown", "why", "fuse blown why={why!r}"
    PARKED_ACCOUNT = "parked account", "customer", "parked account customer={customer}"
    LEDGER_WHOLE = "ledger whole", "transactions", "ledger whole transactions={transactions}"
    BANK_UNBALANCED = "bank unbalanced", "statement", "bank unbalanced statement={statement} file={file!r}"
    LEDGER_FAULTY = "ledger faulty", "faults", "ledger faulty faults={faults} first={first!r}"
    POSTPONED_LEDGER = "postponed", "ledger", "postponed ledger={ledger} error={error!r}"

    # Hooks
    LINK_FAILED = "link failed", "offer", "link failed offer={offer} attempt={attempt} error={error!r}"
    LINK_GIVEN_UP = "link given up", "offer", "link given up offer={offer} error={error!r}"
    POSTPONED_LINK = "postponed", "offer", "postponed offer={offer} error={error!r}"
    CALL_HEARD = "call heard", "things", "call heard things={things}"
    CALL_REFUSED = "call refused", "why", "call refused why={why!r}"
    CALL_LOST = "call lost", "error", "call lost error={error!r}"
    CARD_SAVED = "card saved", "customer", "card saved customer={customer} card={card}"
    CARD_REMOVED = "card removed", "customer", "card removed customer={customer} card={card} by={by!r}"
    CARD_NOT_FORGOTTEN = "card not forgotten", "card", "card not forgotten card={card} error={error!r}"
    POSTPONED_CARD = "postponed", "card", "postponed card={card} error={error!r}"
    HOOK_CALLED = "hook called", "call", "hook called call={call} hook={hook} told={told} reply={reply!r}"
    HOOK_FAILED = "hook failed", "call", "hook failed call={call} hook={hook} attempt={attempt} error={error!r}"
    POSTPONED_HOOK = "postponed", "hook", "postponed hook={hook} error={error!r}"

    # Money that goes back, and what a provider does by itself
    REFUNDED = "refunded", "refund", "refunded refund={refund} state={state} code={code!r}"
    REFUND_IN_DOUBT = "refund in doubt", "refund", "refund in doubt refund={refund} attempt={attempt} error={error!r}"
    POSTPONED_REFUND = "postponed", "refund", "postponed refund={refund} error={error!r}"
    DISPUTED = "disputed", "dispute", "disputed dispute={dispute} customer={customer} state={state}"
    DISPUTE_UNKNOWN = "dispute unknown", "theirs", "dispute unknown theirs={theirs} charge={charge}"
    FEE_NOT_TOLD = "fee not told", "payment", "fee not told payment={payment} error={error!r}"
    FEE_UNKNOWN = "fee unknown", "payment", "fee unknown payment={payment}"
    PAID_OUT = "paid out", "payout", "paid out payout={payout} state={state}"
    NOT_LISTED = "not listed", "list", "not listed list={list} attempt={attempt} error={error!r}"
    POSTPONED_LIST = "postponed", "list", "postponed list={list} error={error!r}"

    # The rest
    ARTICLE_NOT_SHOWN = "article not shown", "file", "article not shown file={file} problem={problem!r}"
    ARTICLES_NOT_READ = "articles not read", "folder", "articles not read folder={folder} error={error!r}"
    NOT_MOVED_IN = "not moved in", "place", "not moved in place={place!r} error={error!r}"
    REPORT_NOT_SENT = "report not sent", "to", "report not sent to={to} error={error!r}"

    def __init__(self, event: str, about: str, line: str) -> None:
        self.event = event
        self.about = about
        self.line = line

    def __call__(self, /, *words: object, **fields: object) -> Happened:
        """It happened, with these values. A key that Python keeps for itself is written with a `_` behind: `from_`."""
        return Happened(self, words, {key.rstrip("_"): value for key, value in fields.items()})
