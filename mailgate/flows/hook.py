"""Hooks: programs of the operator's are told what happened, each time at least once, and no mail waits for them."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate import hooks
from mailgate.config import Hook, Settings, read_secret
from mailgate.errors import MailgateError
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.jobs import Enqueue, FailPoint, Job, no_fail_point
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import stamp
from mailgate.log_events import LogEvent
from mailgate.outbound.hook import post, run_command
from mailgate.people import present
from store import people
from store.engine import transaction
from store.post import hook_calls, outbox
from store.post.hook_calls import Call, CallState, Lent

log = logging.getLogger(__name__)

TELL_AFTER = 3
"""Attempts that failed, which is six minutes, before staff hear of it."""

PAUSE = timedelta(hours=1)
LISTED_CALLS = 10


@dataclass(frozen=True, slots=True)
class HookCaller:
    """Carries calls out."""

    engine: Engine
    settings: Settings
    enqueue: Enqueue
    fail_point: FailPoint = no_fail_point

    def __call__(self, call_id: int, now: datetime) -> None:
        """One attempt. Never raises: what fails is tried again, with growing waits, for three days."""
        try:
            lent = hook_calls.lend(self.engine, call_id, now=now)
            if lent is None:
                return
            following = self._attempt(lent, now)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_HOOK(hook=call_id, error=error))
            return
        if following is not None:
            self.enqueue(Job.HOOK, following)

    def _attempt(self, lent: Lent, now: datetime) -> int | None:
        call = lent.call
        hook = next((one for one in self.settings.hook if one.key == call.hook_key), None)
        if hook is None:
            return self._end(lent, CallState.DROPPED, "the settings have no such hook any more", now)
        try:
            reply = _call(hook, call, now)
        except MailgateError as error:
            log.warning(LogEvent.HOOK_FAILED(call=call.id, hook=hook.name, attempt=call.attempts, error=error))
            if call.attempts >= hooks.MOST_ATTEMPTS:
                return self._end(lent, CallState.FAILED, str(error), now)
            again_at = now + hooks.again_after(call.attempts)
            return self._end(lent, CallState.WAITING, str(error), now, again_at)
        self.fail_point("hook.after-reply")
        log.info(LogEvent.HOOK_CALLED(call=call.id, hook=hook.name, told=call.event, reply=reply))
        return self._end(lent, CallState.DONE, reply, now)

    def _end(
        self, lent: Lent, state: CallState, reply: str, now: datetime, again_at: datetime | None = None
    ) -> int | None:
        with transaction(self.engine, durable=False) as conn:
            return hook_calls.end(conn, lent, state=state, reply=reply, now=now, again_at=again_at)


def _call(hook: Hook, call: Call, now: datetime) -> str:
    """Raises HookFailed, and SecretUnavailable."""
    body = call.body.encode()
    if hook.command:
        names = {"MAILGATE_EVENT": call.event, "MAILGATE_EVENT_ID": call.event_id}
        return run_command(hook.command, body, environment=names, timeout_seconds=hook.timeout_seconds)
    headers = {"User-Agent": "mailgate", hooks.EVENT: call.event, hooks.EVENT_ID: call.event_id}
    if hook.secret_file is not None:
        headers[hooks.SIGNATURE] = hooks.signature(read_secret(hook.secret_file).encode(), now, body)
    return post(hook.url, body, headers=headers, timeout_seconds=hook.timeout_seconds)


def failing_at(conn: Connection, _settings: Settings, at: datetime) -> datetime | None:
    """When staff are to be told of hooks that fail; None: none does, they were told, or there is nobody."""
    found = hook_calls.troubles(conn, least=TELL_AFTER)
    if not found or not people.list_staff(conn):
        return None
    last = outbox.last_written(conn, Template.HOOK_FAILED)
    return max(found[0].created_at, last + PAUSE) if last else min(found[0].created_at, at)


def tell_failing(act: Act) -> None:
    """Tell whoever is there of all of them in one mail, at most once an hour; nothing is told twice."""
    due_at = failing_at(act.conn, act.settings, act.now)
    if due_at is None or due_at > act.now:
        return
    found = hook_calls.troubles(act.conn, least=TELL_AFTER)
    hook_calls.mark_told(act.conn, [call.id for call in found], now=act.now)
    rows = [
        {
            "id": call.id,
            "hook": call.hook_name,
            "event": call.event,
            "subject": call.subject,
            "reply": call.last_reply,
            "given_up": call.state is CallState.FAILED,
            "created_at": stamp(call.created_at),
        }
        for call in found[:LISTED_CALLS]
    ]
    values = {"calls": rows, "more": len(found) - len(rows)}
    told = [
        letter(Template.HOOK_FAILED, sheet_for(act, reader), values)
        for reader in present(people.list_staff(act.conn), now=act.now)
    ]
    notify(act, told, cause=None)
