"""Calls by program: free slots, and a booking with its calendar file."""

from datetime import UTC, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, StrictBool

from chatbot.errors import NotFound
from chatbot.people.bookings import CallWish
from chatbot.people.call_desk import CallDesk, CallView, Visit, read_start, write_start
from chatbot.people.call_words import find_zone
from chatbot.people.slots import group_by_day
from chatbot.storage.models import Channel
from chatbot.web.api_errors import ErrorBody
from chatbot.web.callers import read_chat_token
from chatbot.web.client_address import client_address
from chatbot.web.refusals import Refusal

_READING: dict[int | str, dict[str, Any]] = {
    422: {"model": ErrorBody, "description": "A value cannot be used; the message says which."},
    503: {"model": ErrorBody, "description": "Try again in a moment; see Retry-After."},
}
_BOOKING: dict[int | str, dict[str, Any]] = {
    **_READING,
    401: {"model": ErrorBody, "description": "The chat token that was given opens nothing."},
    404: {"model": ErrorBody, "description": "The chat was erased meanwhile."},
    409: {"model": ErrorBody, "description": "The time is not free any more."},
    429: {"model": ErrorBody, "description": "Too many requests; see the Retry-After header."},
}


class SlotDayView(BaseModel):
    """The free starts of one day, in UTC; the day is that of the time zone asked for."""

    day: str
    starts: list[str]


class SlotsView(BaseModel):
    """Free times for a call of `minutes`."""

    time_zone: str
    minutes: int
    days: list[SlotDayView]


class BookingWish(BaseModel):
    """A call that is asked for; the same `client_key` of one visitor books once."""

    start: str = Field(max_length=40, examples=["2027-01-12T09:00Z"])
    email: str = Field(max_length=400, examples=["ada@example.com"])
    name: str = Field(max_length=400, examples=["Ada Example"])
    topic: str = Field("", max_length=4000)
    time_zone: str = Field("UTC", max_length=64)
    consent: StrictBool = False
    client_key: str = Field("", max_length=64)


class BookingView(BaseModel):
    """A booked call: `link` is the visitor's page of it and its secret, `ics` its calendar file."""

    id: str
    status: str
    starts_at: str
    ends_at: str
    link: str
    ics: str


def build_call_api(desk: CallDesk, zone: ZoneInfo) -> APIRouter:
    """`GET /api/slots` and `POST /api/bookings`; `zone` is the owner's."""
    router = APIRouter(prefix="/api", tags=["Calls"])

    @router.get("/slots", summary="List free times for a call", responses=_READING)
    async def list_slots(
        response: Response,
        time_zone: Annotated[str, Query(max_length=64, examples=["Europe/Berlin"])] = "",
    ) -> SlotsView:
        """By day; without a time zone, or with an unknown one, the owner's counts."""
        response.headers["cache-control"] = "no-store"
        place = find_zone(time_zone, zone)
        days = group_by_day(await desk.list_slots(), place)
        views = [
            SlotDayView(
                day=day.day.isoformat(), starts=[write_start(start) for start in day.starts]
            )
            for day in days
        ]
        return SlotsView(time_zone=place.key, minutes=desk.minutes, days=views)

    @router.post("/bookings", status_code=201, summary="Book a call", responses=_BOOKING)
    async def book(request: Request, wish: BookingWish) -> BookingView:
        """With a chat token the call belongs to that visitor, and the same
        `client_key` again is the same call. `ics` is the calendar file; `link` changes the call."""
        starts_at = read_start(wish.start)
        visit = await _find_visit(desk, request)
        who = CallWish(wish.name, wish.email, wish.topic, wish.time_zone, wish.consent)
        address = client_address(request)
        call = await desk.confirm(visit, starts_at, wish.client_key, who, address=address)
        file = await desk.build_file(call.token)
        return _view(call, file.text)

    return router


async def _find_visit(desk: CallDesk, request: Request) -> Visit:
    """The visitor whose token the request brings, or somebody new without one."""
    token = read_chat_token(request.headers)
    if not token:
        return await desk.add_visit(Channel.API, address=client_address(request))
    try:
        return await desk.find_visit(token)
    except NotFound:
        raise Refusal.of_status(401) from None


def _view(call: CallView, ics: str) -> BookingView:
    ends_at = call.starts_at.astimezone(UTC) + timedelta(minutes=call.minutes)
    return BookingView(
        id=str(call.id),
        status=call.status,
        starts_at=write_start(call.starts_at),
        ends_at=write_start(ends_at),
        link=f"/call/{call.token}",
        ics=ics,
    )
