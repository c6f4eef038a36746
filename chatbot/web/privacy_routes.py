"""What a visitor can do with what is held about them: read how it is kept, take it along, erase it.

The visitor's token comes in the Authorization header: an address would be kept by histories and
logs, and a header is not sent by a foreign page.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from chatbot.errors import NotFound
from chatbot.people.held_data import HeldData
from chatbot.people.privacy import Privacy
from chatbot.web.api_errors import ErrorBody
from chatbot.web.bearer import read_bearer
from chatbot.web.refusals import Refusal

PRIVACY_PATH = "/privacy"
EXPORT_PATH = "/api/me/export"
ERASE_PATH = "/api/me/erase"

_NOT_KNOWN = "Nothing is held under this key. Load the page again."
_NO_STORE = {"cache-control": "no-store"}


class WriteFile(Protocol):
    """Makes a ZIP file of what is held about a visitor."""

    @property
    def name(self) -> str: ...

    def __call__(self, held: HeldData) -> bytes: ...


class Erased(BaseModel):
    """That everything held about the visitor has been erased."""

    erased: bool = True


def build_privacy_router(
    privacy: Privacy, *, page: Callable[[], str], write_file: WriteFile
) -> APIRouter:
    """`page` makes the HTML of `/privacy`, `write_file` the file of everything held."""
    router = APIRouter()
    refusals: dict[int | str, dict[str, Any]] = {
        401: {"model": ErrorBody, "description": "The chat token opens nothing."},
        503: {"model": ErrorBody, "description": "Try again in a moment."},
    }
    file: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The file.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }

    @router.get(PRIVACY_PATH, include_in_schema=False)
    async def show_privacy() -> Response:
        return HTMLResponse(page(), headers={"cache-control": "no-cache"})

    @router.post(
        EXPORT_PATH,
        response_class=Response,
        tags=["Your data"],
        summary="Export your data",
        responses=refusals | file,
    )
    async def export_my_data(request: Request) -> Response:
        """Everything held about the visitor who holds this token, as a ZIP file."""
        try:
            held = await privacy.read_held_data(read_bearer(request.headers))
        except NotFound as error:
            raise Refusal(401, "unauthorized", _NOT_KNOWN) from error
        content = await asyncio.to_thread(write_file, held)
        disposition = f'attachment; filename="{write_file.name}"'
        headers = {**_NO_STORE, "content-disposition": disposition}
        return Response(content, media_type="application/zip", headers=headers)

    @router.post(ERASE_PATH, tags=["Your data"], summary="Erase your data", responses=refusals)
    async def erase_my_data(request: Request, response: Response) -> Erased:
        """Erase everything held about the visitor who holds this token. It cannot be undone."""
        try:
            await privacy.erase_visitor(read_bearer(request.headers))
        except NotFound as error:
            raise Refusal(401, "unauthorized", _NOT_KNOWN) from error
        response.headers.update(_NO_STORE)
        return Erased()

    return router
