"""The pages where a call is booked, moved and cancelled: `/book` and `/call/SECRET`.

A GET changes nothing, because previews of mails and chats fetch every link. What is unknown is one
and the same 404.
"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from chatbot.errors import ChatbotError, InvalidFields, InvalidInput, LimitReached, NotFound
from chatbot.people.bookings import CallWish, SlotTaken
from chatbot.people.call_desk import CallDesk, CallView, read_start
from chatbot.people.call_views import Choice, Draft, Proof
from chatbot.people.call_words import find_zone
from chatbot.people.confirming import NotConfirmed
from chatbot.people.email_codes import EmailCodes
from chatbot.storage.models import BookingStatus
from chatbot.web.client_address import client_address

BOOK_PATH, CALL_PATH = "/book", "/call"
_CHANNEL = "page"
_SEE_OTHER, _UNAVAILABLE = 303, 503
_BOOKED = frozenset({BookingStatus.BOOKED})
_NO_STORE = {"cache-control": "no-store"}
Text = Annotated[str, Form()]


class CallPages(Protocol):
    """Makes the HTML of the pages."""

    def not_found(self) -> str: ...
    def elsewhere(self, url: str) -> str: ...
    def choose(self, choice: Choice, calls: Sequence[CallView]) -> str: ...
    def confirm(self, draft: Draft) -> str: ...
    def call(
        self, call: CallView, zone: ZoneInfo, *, news: str, proof: Proof | None, error: str
    ) -> str: ...
    def choose_move(self, call: CallView, choice: Choice) -> str: ...
    def confirm_move(self, call: CallView, starts_at: datetime, zone: ZoneInfo) -> str: ...
    def verify(self, proofs: Sequence[Proof]) -> str: ...
    def take_back(self, action: str) -> str: ...


@dataclass(frozen=True)
class CallSite:
    """What the routes work with; `zone` is the owner's, for whoever names none."""

    desk: CallDesk
    codes: EmailCodes
    pages: CallPages
    zone: ZoneInfo

    def show_not_found(self) -> Response:
        return show(self.pages.not_found(), 404)

    async def show_choice(
        self, key: str, zone: ZoneInfo, *, error: str = "", status: int = 200
    ) -> Response:
        visit = self.desk.read_key(key) if key else None
        calls = await self.desk.list_calls(visit) if visit else []
        choice = Choice(
            starts=await self.desk.list_slots(),
            zone=zone,
            minutes=self.desk.minutes,
            key=key if visit else "",
            client=secrets.token_hex(16),
            error=error,
        )
        return show(self.pages.choose(choice, calls), status)

    async def find_proof(
        self, call: CallView, *, is_sent: bool = False, error: str = ""
    ) -> Proof | None:
        """How far the proof of a call's address is; None where none can be made."""
        if not self.codes.sends_email or call.session_id is None:
            return None
        known = await self.codes.list_addresses(call.session_id)
        is_verified = any(left.email == call.email and left.is_verified for left in known)
        action = f"{CALL_PATH}/{call.token}"
        return Proof(action, call.email, is_verified=is_verified, is_sent=is_sent, error=error)

    async def send_code(self, session_id: uuid.UUID | None, email: str) -> str:
        """What is wrong, "" when a code is on its way; raises NotFound."""
        if session_id is None:
            raise NotFound
        try:
            await self.codes.send(session_id, email)
        except InvalidInput as error:
            return error.user_message
        return ""

    async def check_code(self, session_id: uuid.UUID | None, email: str, code: str) -> str:
        """What is wrong with a code, "" when the address is proved."""
        if session_id is None:
            raise NotFound
        try:
            await self.codes.check(session_id, email, code)
        except InvalidInput as error:
            return error.user_message
        return ""


def build_book_router(site: CallSite) -> APIRouter:
    """Choosing a time, holding it, and booking it."""
    router = APIRouter(include_in_schema=False)

    @router.get(BOOK_PATH)
    async def choose_time(key: str = "", zone: str = "") -> Response:
        return await site.show_choice(key, find_zone(zone, site.zone))

    @router.post(f"{BOOK_PATH}/hold")
    async def hold_time(
        request: Request, start: Text = "", key: Text = "", client: Text = "", zone: Text = ""
    ) -> Response:
        place = find_zone(zone, site.zone)
        try:
            starts_at = read_start(start)
            address = client_address(request)
            visit = site.desk.read_key(key) or await site.desk.add_visit(_CHANNEL, address=address)
            held = await site.desk.hold(visit, starts_at, client, address=address)
        except ChatbotError as error:
            return await _show_refused(site, key, place, error)
        if held.token:
            return redirect(f"{CALL_PATH}/{held.token}")
        query = urlencode(
            {"key": site.desk.seal(visit), "zone": place.key, "start": start, "client": client}
        )
        return redirect(f"{BOOK_PATH}/held?{query}")

    @router.get(f"{BOOK_PATH}/held")
    async def show_held(
        key: str = "", start: str = "", client: str = "", zone: str = ""
    ) -> Response:
        visit = site.desk.read_key(key)
        try:
            held = await site.desk.find_held(visit, read_start(start), client) if visit else None
        except InvalidInput:
            held = None
        place = find_zone(zone, site.zone)
        if held is None:
            return await site.show_choice(key, place)
        return show(site.pages.confirm(Draft(held, place, key, client)), 200)

    @router.post(f"{BOOK_PATH}/confirm")
    async def book_call(
        request: Request,
        start: Text = "",
        key: Text = "",
        client: Text = "",
        zone: Text = "",
        name: Text = "",
        email: Text = "",
        topic: Text = "",
        consent: Text = "",
    ) -> Response:
        place = find_zone(zone, site.zone)
        wish = CallWish(name, email, topic, place.key, bool(consent))
        visit = site.desk.read_key(key)
        if visit is None:
            return await site.show_choice("", place)
        try:
            starts_at = read_start(start)
            address = client_address(request)
            call = await site.desk.confirm(visit, starts_at, client, wish, address=address)
        except InvalidFields as error:
            held = await site.desk.find_held(visit, starts_at, client)
            if held is None:
                return await site.show_choice(key, place)
            draft = Draft(held, place, key, client, wish, error.fields)
            return show(site.pages.confirm(draft), 422)
        except NotConfirmed as error:
            booked = await site.desk.find_held(visit, starts_at, client, statuses=_BOOKED)
            if booked is None:
                return await _show_refused(site, key, place, error)
            # The very same request again asks for the confirmation only.
            draft = Draft(booked, place, key, client, wish, error=error.user_message)
            return show(site.pages.confirm(draft), _UNAVAILABLE)
        except ChatbotError as error:
            return await _show_refused(site, key, place, error)
        return redirect(f"{CALL_PATH}/{call.token}?news=booked")

    return router


async def _show_refused(site: CallSite, key: str, zone: ZoneInfo, error: ChatbotError) -> Response:
    """The times again, with what was wrong."""
    status = 429 if isinstance(error, LimitReached) else 409
    response = await site.show_choice(key, zone, error=error.user_message, status=status)
    if isinstance(error, LimitReached):
        response.headers["retry-after"] = str(error.retry_after)
    return response


def build_call_router(site: CallSite) -> APIRouter:
    """One call by the secret of its link."""
    router = APIRouter(include_in_schema=False)

    async def show_call(
        token: str, *, news: str = "", error: str = "", status: int = 200
    ) -> Response:
        call = await site.desk.find(token)
        return _show(call, await site.find_proof(call), news=news, error=error, status=status)

    def _show(
        call: CallView, proof: Proof | None, *, news: str = "", error: str = "", status: int = 200
    ) -> Response:
        zone = find_zone(call.time_zone, site.zone)
        return show(site.pages.call(call, zone, news=news, proof=proof, error=error), status)

    @router.get(f"{CALL_PATH}/{{token}}")
    async def see_call(token: str, news: str = "") -> Response:
        try:
            return await show_call(token, news=news)
        except NotFound:
            return site.show_not_found()

    @router.get(f"{CALL_PATH}/{{token}}/call.ics")
    async def download_call(token: str) -> Response:
        try:
            file = await site.desk.build_file(token)
        except NotFound:
            return site.show_not_found()
        return send_calendar(file.name, file.text)

    @router.get(f"{CALL_PATH}/{{token}}/move")
    async def choose_other_time(token: str, zone: str = "", start: str = "") -> Response:
        try:
            return await _show_move(site, token, zone, start)
        except NotFound:
            return site.show_not_found()

    @router.post(f"{CALL_PATH}/{{token}}/move")
    async def move_call(token: str, start: Text = "", zone: Text = "") -> Response:
        try:
            await site.desk.find(token)
            await site.desk.move(token, read_start(start))
        except NotFound:
            return site.show_not_found()
        except SlotTaken as error:
            return await _show_move(site, token, zone, "", error=error.user_message)
        except InvalidInput as error:
            return await show_call(token, error=error.user_message, status=409)
        except NotConfirmed as error:
            return await show_call(token, error=error.user_message, status=_UNAVAILABLE)
        return redirect(f"{CALL_PATH}/{token}?news=moved")

    @router.post(f"{CALL_PATH}/{{token}}/cancel")
    async def cancel_call(token: str) -> Response:
        try:
            await site.desk.cancel(token)
        except NotFound:
            return site.show_not_found()
        except InvalidInput as error:
            return await show_call(token, error=error.user_message, status=409)
        except NotConfirmed as error:
            return await show_call(token, error=error.user_message, status=_UNAVAILABLE)
        return redirect(f"{CALL_PATH}/{token}")

    @router.post(f"{CALL_PATH}/{{token}}/code")
    async def send_code(token: str) -> Response:
        try:
            call = await site.desk.find(token)
            error = await site.send_code(call.session_id, call.email)
        except NotFound:
            return site.show_not_found()
        proof = await site.find_proof(call, is_sent=True, error=error)
        return _show(call, proof, status=429 if error else 200)

    @router.post(f"{CALL_PATH}/{{token}}/check")
    async def check_code(token: str, code: Text = "") -> Response:
        try:
            call = await site.desk.find(token)
            error = await site.check_code(call.session_id, call.email, code)
        except NotFound:
            return site.show_not_found()
        if not error:
            return redirect(f"{CALL_PATH}/{token}")
        proof = await site.find_proof(call, is_sent=True, error=error)
        return _show(call, proof, status=422)

    return router


def build_elsewhere_router(pages: CallPages, url: str) -> APIRouter:
    """`/book` where calls are booked in another calendar: a page with a link to it."""
    router = APIRouter(include_in_schema=False)

    @router.get(BOOK_PATH)
    async def show_elsewhere() -> Response:
        return show(pages.elsewhere(url), 200)

    return router


async def _show_move(
    site: CallSite, token: str, zone: str, start: str, *, error: str = ""
) -> Response:
    call = await site.desk.find(token)
    if not call.is_live:
        raise NotFound
    place = find_zone(zone, find_zone(call.time_zone, site.zone))
    starts = await site.desk.list_slots(without=token)
    if start and not error:
        try:
            starts_at = read_start(start)
            if starts_at not in starts:
                raise SlotTaken
            return show(site.pages.confirm_move(call, starts_at, place), 200)
        except InvalidInput as fault:
            error = fault.user_message
    others = tuple(moment for moment in starts if moment != call.starts_at)
    choice = Choice(others, place, call.minutes, error=error)
    return show(site.pages.choose_move(call, choice), 409 if error else 200)


def show(content: str, status: int) -> Response:
    """A page that no cache keeps."""
    return HTMLResponse(content, status, headers=_NO_STORE)


def redirect(path: str) -> Response:
    """To another page, by GET."""
    return RedirectResponse(path, _SEE_OTHER, headers=_NO_STORE)


def send_calendar(name: str, text: str) -> Response:
    """A calendar file to be downloaded."""
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    kind = "text/calendar; charset=utf-8"
    return Response(text, media_type=kind, headers=disposition | _NO_STORE)
