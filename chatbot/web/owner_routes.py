"""The owner's way in and out: `/owner`, without a script and outside of Gradio's page."""

import re
import time
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from chatbot.errors import ChatbotError, InvalidInput, PermissionDenied
from chatbot.web.access import OwnerAccess, TooManyTries
from chatbot.web.owner_cookie import clear_owner_cookie, write_owner_cookie

SIGN_IN_PATH = "/owner"
SIGN_OUT_PATH = "/owner/sign-out"
VOUCHED_PATH = "/owner/hugging-face"
OWNER_PATHS = frozenset({SIGN_IN_PATH, f"{SIGN_IN_PATH}/", SIGN_OUT_PATH})
HUGGING_FACE_PATHS = frozenset({VOUCHED_PATH, "/login/huggingface", "/login/callback"})

_AREA = "/#owner"
# A part of the area and, after a slash, what to open in it.
_GOAL = re.compile(r"[a-z]{1,20}(?:/[0-9a-f-]{36})?")
_SEE_OTHER = 303


class SignInPage(Protocol):
    """Makes the HTML of the sign-in page, with a line that says what was wrong.

    `goal` is what the owner wants to see afterwards, for a form field named "to".
    """

    def __call__(self, *, error: str, goal: str = "") -> str: ...


def build_owner_router(access: OwnerAccess, page: SignInPage) -> APIRouter:
    """Sign-in by password, and sign-out."""
    router = APIRouter(include_in_schema=False)

    @router.get(SIGN_IN_PATH)
    @router.get(f"{SIGN_IN_PATH}/")
    async def show_sign_in(request: Request, to: str = "") -> Response:
        if await access.find(request.headers):
            return _redirect(_place(to))
        return _page(page(error="", goal=_check_goal(to)), 200)

    @router.post(SIGN_IN_PATH)
    async def sign_in(
        request: Request,
        password: Annotated[str, Form()] = "",
        to: Annotated[str, Form()] = "",
    ) -> Response:
        address = request.client.host if request.client else ""
        try:
            cookie = await access.sign_in(password, address=address)
        except ChatbotError as error:
            refused = page(error=error.user_message, goal=_check_goal(to))
            return _page(refused, _status_of(error))
        return await _let_in(access, request, cookie, to)

    @router.post(SIGN_OUT_PATH)
    async def sign_out(request: Request, everywhere: Annotated[str, Form()] = "") -> Response:
        await access.sign_out(request.headers, everywhere=bool(everywhere))
        response = _redirect("/")
        clear_owner_cookie(request, response)
        return response

    return router


def build_hugging_face_router(access: OwnerAccess, page: SignInPage) -> APIRouter:
    """Where Gradio's sign-in by Hugging Face comes back to; for a real Space only.

    It reads the session of Starlette's SessionMiddleware, which can be trusted nowhere else.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(VOUCHED_PATH)
    async def sign_in_vouched(request: Request) -> Response:
        vouched = request.session.pop("oauth_info", None)
        try:
            cookie = await access.sign_in_as(_username_of(vouched))
        except ChatbotError as error:
            return _page(page(error=error.user_message), _status_of(error))
        return await _let_in(access, request, cookie)

    return router


def _username_of(vouched: Any) -> str:
    """The user whom Hugging Face named, "" when it named none or that was too long ago."""
    if not isinstance(vouched, dict) or not isinstance(vouched.get("userinfo"), dict):
        return ""
    expiry = vouched.get("expires_at")
    if not isinstance(expiry, int | float) or expiry <= time.time():
        return ""
    return str(vouched["userinfo"].get("preferred_username") or "")


def _check_goal(goal: str) -> str:
    """What the owner wants to see, "" for whatever cannot be that."""
    return goal if _GOAL.fullmatch(goal) else ""


def _place(goal: str) -> str:
    """Where in the page that is; the dots tell the script that the sign-in has been checked."""
    return ".".join([_AREA, *filter(None, _check_goal(goal).split("/"))])


async def _let_in(access: OwnerAccess, request: Request, cookie: str, goal: str = "") -> Response:
    await access.sign_out(request.headers)
    response = _redirect(_place(goal))
    write_owner_cookie(request, response, cookie)
    return response


def _redirect(path: str) -> Response:
    return RedirectResponse(path, _SEE_OTHER, headers={"cache-control": "no-store"})


def _page(content: str, status: int) -> Response:
    return HTMLResponse(content, status, headers={"cache-control": "no-store"})


def _status_of(error: ChatbotError) -> int:
    if isinstance(error, TooManyTries):
        return 429
    return 403 if isinstance(error, InvalidInput | PermissionDenied) else 503
