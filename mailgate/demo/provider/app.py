"""The application: calls of the API with their keys and faults, the doors, and the pages that payers see."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailgate.demo.provider import api, pages, play
from mailgate.demo.provider.mailman import Mailman
from mailgate.demo.provider.state import API_VERSION, State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.offers import checkout
from mailgate.demo.provider.wire import fields as forms
from mailgate.demo.provider.wire.faults import TOO_MANY, FaultKind, failure, too_many
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, Refusal

Drop = Callable[[Request], None]
"""Breaks a caller's connection."""

_POLL_SECONDS = 0.02
_ELSEWHERE = ("cross-site", "same-site")


def application(state: State, drop: Drop) -> Starlette:
    """All of it, for one account."""
    desk = _Desk(state, drop)
    return Starlette(
        routes=[
            Route("/v1/{rest:path}", desk.api, methods=["GET", "POST", "DELETE"]),
            Route("/play/webhooks/send", desk.send, methods=["POST"]),
            Route("/play/{rest:path}", desk.door, methods=["GET", "POST"]),
            Route("/pay/{ident}", desk.pay, methods=["GET", "POST"]),
            Route("/", desk.front, methods=["GET"]),
        ]
    )


class _Desk:
    """Answers. All runs in one event loop, and no change is ever half done there."""

    def __init__(self, state: State, drop: Drop) -> None:
        self._state, self._drop = state, drop
        self._mailman = Mailman(state)

    async def api(self, request: Request) -> Response:
        """A call under `/v1/`."""
        state, path, is_post = self._state, request.url.path, request.method == "POST"
        call = _Call(
            id=state.new_id("req"),
            method=request.method,
            path=path,
            encoded=(await request.body()).decode() if is_post else request.url.query,
            key=request.headers.get("idempotency-key") if is_post else None,
            authorization=request.headers.get("authorization", ""),
            fault=state.faults.next(request.method, path),
        )
        heard: Object = {"method": call.method, "path": path, "key": call.key, "parameters": call.parameters}
        state.heard(heard)
        if call.fault in (FaultKind.TIMEOUT_BEFORE, FaultKind.DROP_BEFORE):
            return await self._broken(request, call.fault)
        status, text, is_replayed = await self._answered(call)
        heard["status"] = status
        if call.fault in (FaultKind.TIMEOUT_AFTER, FaultKind.DROP_AFTER):
            return await self._broken(request, call.fault)
        headers = {"Request-Id": call.id, "Stripe-Version": API_VERSION}
        if call.key is not None:
            headers["Idempotency-Key"] = call.key
        if is_replayed:
            headers["Idempotent-Replayed"] = "true"
        if call.fault in TOO_MANY:
            headers["Retry-After"] = "1"
        return Response(text, status, headers, "application/json")

    async def _answered(self, call: "_Call") -> tuple[int, str, bool]:
        """Status, body, and whether both were kept from an earlier call."""
        keys, has_begun = self._state.keys, False
        try:
            _check_key(call.authorization)
            if call.fault in TOO_MANY:
                raise too_many(call.fault)
            earlier = keys.begin(call.key, call.asked, self._state.now) if call.key else None
            if earlier is not None:
                return earlier["status"], earlier["body"], True
            has_begun = True
            if self._state.faults.latency_seconds:
                await asyncio.sleep(self._state.faults.latency_seconds)
            while call.fault is FaultKind.HELD and self._state.faults.is_holding:
                await asyncio.sleep(_POLL_SECONDS)
            status, text, is_kept = self._done(call)
            if call.key and is_kept:
                keys.keep(call.key, call.asked, status, text, self._state.now)
        except Refusal as refusal:
            return refusal.status, json.dumps(refusal.body), False
        finally:
            if has_begun and call.key:
                keys.end(call.key)
        self._changed(call.method)
        return status, text, False

    def _done(self, call: "_Call") -> tuple[int, str, bool]:
        """Status, body, and whether the key remembers them."""
        state = self._state
        state.request = {"id": call.id, "idempotency_key": call.key}
        try:
            checkout.expire_all(state)
            if call.fault is FaultKind.FAILURE:
                raise failure()
            do, ident = api.found(call.method, call.path)
            fields = forms.read(call.encoded)
            answer = lists.expanded(state, do(state, fields, ident), fields.texts("expand"))
            if call.fault is FaultKind.FAILURE_AFTER:
                raise failure()
        except Refusal as refusal:
            return refusal.status, json.dumps(refusal.body), refusal.is_kept
        finally:
            state.request = {"id": None, "idempotency_key": None}
        return 200, json.dumps(answer), True

    def _changed(self, method: str) -> None:
        if method != "GET":
            self._state.save()
            self._mailman.start()

    async def door(self, request: Request) -> Response:
        """Something under `/play/`."""
        return self._played(request, await _read(request), request.url.path)[0]

    async def send(self, request: Request) -> Response:
        """Events are sent now: see the mailman."""
        try:
            sent = await self._mailman.send(await _read(request))
        except Refusal as refusal:
            return _json(refusal.body, refusal.status)
        return _json({"sent": sent})

    async def pay(self, request: Request) -> Response:
        """The page of a link or a session, and what comes of its form."""
        ident = request.path_params["ident"]
        if request.method == "GET":
            return pages.payment(self._state, ident, request.query_params.get("prefilled_email", ""))
        kind = "links" if ident.startswith("plink_") else "sessions"
        response, answer = self._played(request, await _read(request), f"/play/{kind}/{ident}/pay")
        return pages.after_payment(answer, response.status_code)

    async def front(self, request: Request) -> Response:
        """What there is to play with."""
        return pages.front(self._state)

    def _played(self, request: Request, fields: Fields, path: str) -> tuple[Response, Object]:
        if request.headers.get("sec-fetch-site") in _ELSEWHERE:
            return _json({"error": {"message": "from another site"}}, 403), {}
        try:
            checkout.expire_all(self._state)
            door, ident = play.found(request.method, path)
            answer, status = door(self._state, fields, ident), 200
        except Refusal as refusal:
            answer, status = refusal.body, refusal.status
        self._changed(request.method)
        return _json(answer, status), answer

    async def _broken(self, request: Request, fault: FaultKind) -> Response:
        if fault in (FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER):
            while not await request.is_disconnected():
                await asyncio.sleep(_POLL_SECONDS)
        else:
            self._drop(request)
        return Response(status_code=500)  # nobody hears it


@dataclass(frozen=True, slots=True)
class _Call:
    """A call under `/v1/`."""

    id: str
    method: str
    path: str
    encoded: str
    key: str | None
    authorization: str
    fault: FaultKind | None

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(self.encoded, keep_blank_values=True))

    @property
    def asked(self) -> str:
        """What a key is good for: the same in whatever order."""
        return f"{self.method} {self.path} {json.dumps(sorted(parse_qsl(self.encoded, keep_blank_values=True)))}"


def _check_key(authorization: str) -> None:
    scheme, _, key = authorization.partition(" ")
    if scheme != "Bearer" or not key:
        raise _unauthorized("You did not provide an API key, as Authorization: Bearer YOUR_SECRET_KEY.")
    if not key.startswith(("sk_test_", "rk_test_")):
        raise _unauthorized("This is a double, which takes test keys alone: sk_test_…")
    if key.endswith("_expired"):
        raise _unauthorized("Expired API Key provided", code="api_key_expired")


def _unauthorized(message: str, code: str = "") -> Refusal:
    return Refusal(401, "invalid_request_error", message, code=code, is_kept=False)


async def _read(request: Request) -> Fields:
    body = (await request.body()).decode()
    return forms.read("&".join(part for part in (request.url.query, body) if part))


def _json(answer: Any, status: int = 200) -> Response:
    return Response(json.dumps(answer), status, media_type="application/json")
