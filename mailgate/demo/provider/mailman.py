"""Brings events to whoever wants to hear of them: at once and in order, or late, twice and backwards at command."""

import asyncio
import json

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import events
from mailgate.demo.provider.wire import webhooks
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object


class Mailman:
    """One of them, in the event loop of the provider."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._round: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Send what waits, unless it is held."""
        state = self._state
        is_going = self._round is not None and not self._round.done()
        if state.to_send and state.webhook and not state.webhook["is_held"] and not is_going:
            self._round = asyncio.create_task(self._go())

    async def send(self, fields: Fields) -> list[Object]:
        """Send what waits, or events of some `type=`, or some `ids[]=`, that may have been sent before.

        `order=reversed`, each `times=2`, signed `age=` seconds ago.
        """
        fields.only("type", "ids", "order", "times", "age")
        state = self._state
        ids, kind, times = fields.texts("ids"), fields.text("type"), fields.number("times") or 1
        if not ids and kind is not None:
            ids = [event["id"] for event in state.all("event") if event["type"] == kind]
        if not ids:
            ids, state.to_send = state.to_send, []
        if fields.choice("order", "reversed") is not None:
            ids = ids[::-1]
        return [
            await self._bring(state.find("event", ident), age_seconds=fields.number("age") or 0)
            for ident in ids
            for _ in range(times)
        ]

    async def _go(self) -> None:
        state = self._state
        state.is_calling = True
        try:
            while state.to_send and state.webhook:
                await self._bring(state.find("event", state.to_send.pop(0)))
        finally:
            state.is_calling = False

    async def _bring(self, event: Object, *, age_seconds: int = 0) -> Object:
        hook, body = self._state.webhook, json.dumps(events.whole(event)).encode()
        at = int(self._state.clock()) - age_seconds  # the receiver's time, which our own doors do not move
        status = 0
        if hook:
            status = await asyncio.to_thread(webhooks.send, hook["url"], hook["secret"], body, at=at)
        if status // 100 == 2:
            event["pending_webhooks"] = 0
        return {"event": event["id"], "type": event["type"], "status": status}
