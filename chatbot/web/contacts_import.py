"""Takes contacts in from a file: two steps on pages of their own, without a script.

The file is sent, what it would do is shown, and the same file comes back with the confirmation:
nothing is kept in between, so that any copy of the program can serve either step.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from chatbot.errors import ChatbotError, InvalidInput
from chatbot.people.contact_desk import ContactDesk
from chatbot.people.contacts_file import MAX_FILE_BYTES, TOO_LARGE
from chatbot.people.contacts_import import ImportPlan
from chatbot.web.refusals import Refusal

IMPORT_PATH = "/owner/contacts/import"
CONFIRM_PATH = "/owner/contacts/import/confirm"
# A file as text is a third longer; the rest of a form is small.
MAX_BODY_BYTES = MAX_FILE_BYTES * 4 // 3 + 16 * 1024
IMPORT_BODIES = {IMPORT_PATH: MAX_BODY_BYTES, CONFIRM_PATH: MAX_BODY_BYTES}

FindOwner = Callable[[Mapping[str, str]], Awaitable[object | None]]


class ImportPage(Protocol):
    """Makes the HTML of each step; `file` is what has to come back with the confirmation."""

    def choose(self, *, error: str = "") -> str: ...

    def preview(self, plan: ImportPlan, *, file: str) -> str: ...

    def result(self, plan: ImportPlan) -> str: ...


def build_contacts_import_router(
    desk: ContactDesk, find_owner: FindOwner, page: ImportPage, no_file: str
) -> APIRouter:
    """The routes; `find_owner` tells by a request's headers, None for everybody else.

    Nobody else's file is read: the owner is asked for before the body.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(IMPORT_PATH)
    async def choose_file(request: Request) -> Response:
        if await find_owner(request.headers) is None:
            return RedirectResponse("/owner", 303, headers={"cache-control": "no-store"})
        return _page(page.choose())

    @router.post(IMPORT_PATH)
    async def preview_file(request: Request) -> Response:
        form = await _read_form(request, find_owner)
        try:
            data = await _read_upload(form, no_file)
            plan = await desk.preview_import(data)
        except ChatbotError as error:
            return _page(page.choose(error=error.user_message), _status_of(error))
        return _page(page.preview(plan, file=base64.b64encode(data).decode()))

    @router.post(CONFIRM_PATH)
    async def import_file(request: Request) -> Response:
        form = await _read_form(request, find_owner)
        try:
            plan = await desk.import_contacts(_read_file(form, no_file))
        except ChatbotError as error:
            return _page(page.choose(error=error.user_message), _status_of(error))
        return _page(page.result(plan))

    return router


async def _read_form(request: Request, find_owner: FindOwner) -> FormData:
    if await find_owner(request.headers) is None:
        raise Refusal.of_status(401)
    return await request.form(max_files=1, max_fields=2, max_part_size=MAX_BODY_BYTES)


async def _read_upload(form: FormData, no_file: str) -> bytes:
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise InvalidInput(no_file)
    data = await upload.read(MAX_FILE_BYTES + 1)
    if not data:
        raise InvalidInput(no_file)
    return data


def _read_file(form: FormData, no_file: str) -> bytes:
    text = form.get("file")
    try:
        return base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(no_file) from None


def _page(content: str, status: int = 200) -> Response:
    return HTMLResponse(content, status, headers={"cache-control": "no-store"})


def _status_of(error: ChatbotError) -> int:
    if isinstance(error, InvalidInput):
        return 413 if error.user_message == TOO_LARGE else 422
    return 503
