"""What the owner does from a notification: `/act/TOKEN`, without a script and without signing in.

Opening a link only shows what it would do, because mail and chat programs open links by themselves
to preview them. The button on the page does it.
"""

import math
from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from chatbot.errors import ChatbotError, InvalidInput, NotFound
from chatbot.people.action_links import ACTION_PATH, ActionLinks, ActionView, LinkState
from chatbot.web.guesses import Guesses

ACTION_PREFIX = f"{ACTION_PATH}/"
WRONG_TOKENS = 20
WINDOW_SECONDS = 60.0

_ROUTE = f"{ACTION_PATH}/{{token}}"
_GONE, _NOT_FOUND, _TOO_MANY, _UNUSABLE, _FAILED = 410, 404, 429, 422, 503


class ActionPage(Protocol):
    """Makes the HTML of the pages; `error` says what was wrong with the `draft` that was typed,
    `status` why nothing can be shown: 404, 429 or 503."""

    def show(self, view: ActionView, *, error: str = "", draft: str = "") -> str: ...

    def refuse(self, status: int) -> str: ...


def build_action_router(
    links: ActionLinks, page: ActionPage, guesses: Guesses | None = None
) -> APIRouter:
    """The one address that shows a link and uses it up; nothing asks who is calling."""
    router = APIRouter(include_in_schema=False)
    wrong = guesses or Guesses(limit=WRONG_TOKENS, seconds=WINDOW_SECONDS)

    @router.get(_ROUTE)
    @router.head(_ROUTE)
    async def show_action(request: Request, token: str) -> Response:
        try:
            view = await links.look(token)
        except ChatbotError as error:
            return _refuse(page, wrong, request, error)
        return _answer(page.show(view), view.state)

    @router.post(_ROUTE)
    async def act(request: Request, token: str, text: Annotated[str, Form()] = "") -> Response:
        try:
            view = await links.use(token, text)
        except InvalidInput as error:
            view = await links.look(token)
            shown = page.show(view, error=error.user_message, draft=text)
            return HTMLResponse(shown, _UNUSABLE)
        except ChatbotError as error:
            return _refuse(page, wrong, request, error)
        return _answer(page.show(view), view.state)

    return router


def _answer(content: str, state: LinkState) -> Response:
    return HTMLResponse(content, 200 if state in (LinkState.READY, LinkState.DONE) else _GONE)


def _refuse(page: ActionPage, wrong: Guesses, request: Request, error: ChatbotError) -> Response:
    if not isinstance(error, NotFound):
        return HTMLResponse(page.refuse(_FAILED), _FAILED)
    seconds = wrong.count(request.client.host if request.client else "")
    if not seconds:
        return HTMLResponse(page.refuse(_NOT_FOUND), _NOT_FOUND)
    headers = {"retry-after": str(math.ceil(seconds))}
    return HTMLResponse(page.refuse(_TOO_MANY), _TOO_MANY, headers=headers)
