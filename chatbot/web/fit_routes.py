"""The fit sheet's pages: `/fit`, where a job description is pasted, and `/fit/TOKEN`, the sheet.

A GET changes nothing, because previews of mails and chats fetch every link.
"""

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter, Request, Response

from chatbot.engine.fit_desk import FitDesk, SheetView
from chatbot.errors import InvalidInput, LimitReached, NotFound
from chatbot.people.call_desk import CallDesk
from chatbot.people.fit_links import FIT_PATH
from chatbot.web.call_routes import Text, redirect, show
from chatbot.web.client_address import client_address

_CHANNEL = "page"
# A job description with every character escaped in the form's encoding.
FIT_BODIES = {f"{FIT_PATH}/make": 256 * 1024}


class Pages(Protocol):
    """Makes the HTML of the pages and the text of the file."""

    @property
    def file_name(self) -> str: ...

    def ask(
        self, key: str, sheets: Sequence[SheetView], *, text: str = "", error: str = ""
    ) -> str: ...

    def sheet(self, view: SheetView) -> str: ...

    def markdown(self, view: SheetView) -> str: ...

    def gone(self) -> str: ...


def build_fit_router(desk: FitDesk, visits: CallDesk, pages: Pages) -> APIRouter:
    """The routes; `visits` knows visitors by the key that the chat gives them for such pages."""
    router = APIRouter(include_in_schema=False)

    @router.get(FIT_PATH)
    async def paste_job(key: str = "") -> Response:
        visit = visits.read_key(key) if key else None
        sheets = await desk.list_sheets(visit) if visit else []
        return show(pages.ask(key if visit else "", sheets), 200)

    @router.post(f"{FIT_PATH}/make")
    async def make_sheet(request: Request, key: Text = "", text: Text = "") -> Response:
        visit = visits.read_key(key)
        if visit is None:
            # Judged first: what cannot be used leaves no empty visit behind.
            try:
                await desk.check(text)
            except InvalidInput as error:
                return show(pages.ask("", [], text=text, error=error.user_message), 422)
            try:
                visit = await visits.add_visit(_CHANNEL, address=client_address(request))
            except LimitReached as error:
                return _show_limit(pages.ask("", [], text=text, error=error.user_message), error)
        try:
            view = await desk.make(visit, text, address=client_address(request))
        except InvalidInput as error:
            return show(pages.ask(key, [], text=text, error=error.user_message), 422)
        except LimitReached as error:
            return _show_limit(pages.ask(key, [], text=text, error=error.user_message), error)
        except NotFound:
            return show(pages.gone(), 404)
        return redirect(view.path)

    @router.get(f"{FIT_PATH}/{{token}}")
    async def see_sheet(token: str) -> Response:
        try:
            return show(pages.sheet(await desk.find(token)), 200)
        except NotFound:
            return show(pages.gone(), 404)

    @router.get(f"{FIT_PATH}/{{token}}/{pages.file_name}")
    async def download_sheet(token: str) -> Response:
        try:
            text = pages.markdown(await desk.find(token))
        except NotFound:
            return show(pages.gone(), 404)
        headers = {
            "content-disposition": f'attachment; filename="{pages.file_name}"',
            "cache-control": "no-store",
        }
        return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)

    return router


def _show_limit(page: str, reached: LimitReached) -> Response:
    answer = show(page, 429)
    answer.headers["retry-after"] = str(reached.retry_after)
    return answer
