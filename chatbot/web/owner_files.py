"""Files that only the owner may download."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response

from chatbot.errors import NotFound
from chatbot.people.booking_desk import BookingDesk
from chatbot.people.contact_desk import ContactDesk
from chatbot.web.call_routes import send_calendar
from chatbot.web.refusals import Refusal

CONTACTS_PATH = "/api/owner/contacts.csv"

FindOwner = Callable[[Mapping[str, str]], Awaitable[object | None]]


def build_owner_files_router(desk: ContactDesk, find_owner: FindOwner) -> APIRouter:
    """Routes under `/api/owner/`; `find_owner` tells by a request's headers, None for others."""
    router = APIRouter(include_in_schema=False)

    @router.get(CONTACTS_PATH)
    async def download_contacts(request: Request) -> Response:
        if await find_owner(request.headers) is None:
            raise Refusal.of_status(401)
        file = await desk.export_contacts()
        return Response(
            file.content,
            media_type="text/csv; charset=utf-8",
            headers={
                "content-disposition": f'attachment; filename="{file.name}"',
                "cache-control": "no-store",
            },
        )

    return router


def build_owner_calls_router(desk: BookingDesk, find_owner: FindOwner) -> APIRouter:
    """The calendar file of each call."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/owner/calls/{booking_id}.ics")
    async def download_call(request: Request, booking_id: str) -> Response:
        if await find_owner(request.headers) is None:
            raise Refusal.of_status(401)
        try:
            file = await desk.build_file(booking_id)
        except NotFound:
            raise Refusal.of_status(404) from None
        return send_calendar(file.name, file.text)

    return router
