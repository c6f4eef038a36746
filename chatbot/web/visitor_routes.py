"""Further pages of visitors: proof of an e-mail address, and their chat on another device."""

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter, Response

from chatbot.errors import NotFound
from chatbot.people.call_desk import Visit
from chatbot.people.call_views import Proof
from chatbot.web.call_routes import CallSite, Text, redirect, show

VERIFY_PATH, RETURN_PATH = "/verify", "/return"


class ReturnLinks(Protocol):
    """Knows the links that open a chat on another device."""

    async def is_open(self, code: str) -> bool: ...


def build_verify_router(site: CallSite) -> APIRouter:
    """Where a visitor proves an address that they left in the chat; `key` says who they are."""
    router = APIRouter(include_in_schema=False)

    async def show_proofs(
        key: str, visit: Visit, *, email: str = "", error: str = "", status: int = 200
    ) -> Response:
        left = await site.codes.list_addresses(visit.session_id)
        proofs: Sequence[Proof] = [
            Proof(
                VERIFY_PATH,
                address.email,
                key=key,
                is_verified=address.is_verified,
                is_sent=address.email == email,
                error=error if address.email == email else "",
            )
            for address in left
        ]
        return show(site.pages.verify(proofs), status)

    @router.get(VERIFY_PATH)
    async def see_addresses(key: str = "") -> Response:
        visit = site.desk.read_key(key)
        if visit is None or not site.codes.sends_email:
            return site.show_not_found()
        return await show_proofs(key, visit)

    @router.post(f"{VERIFY_PATH}/code")
    async def send_code(key: Text = "", email: Text = "") -> Response:
        visit = site.desk.read_key(key)
        try:
            error = await site.send_code(visit.session_id if visit else None, email)
        except NotFound:
            return site.show_not_found()
        assert visit is not None
        return await show_proofs(key, visit, email=email, error=error, status=429 if error else 200)

    @router.post(f"{VERIFY_PATH}/check")
    async def check_code(key: Text = "", email: Text = "", code: Text = "") -> Response:
        visit = site.desk.read_key(key)
        try:
            error = await site.check_code(visit.session_id if visit else None, email, code)
        except NotFound:
            return site.show_not_found()
        assert visit is not None
        if not error:
            return redirect(f"{VERIFY_PATH}?key={key}")
        return await show_proofs(key, visit, email=email, error=error, status=422)

    return router


def build_return_router(site: CallSite, links: ReturnLinks) -> APIRouter:
    """The question before a chat is opened on another device.

    The POST only leads to the page, which exchanges the code, once, for the visitor's token: a
    preview that fetches the link uses nothing up.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(f"{RETURN_PATH}/{{code}}")
    async def ask(code: str) -> Response:
        if not await links.is_open(code):
            return site.show_not_found()
        return show(site.pages.take_back(f"{RETURN_PATH}/{code}"), 200)

    @router.post(f"{RETURN_PATH}/{{code}}")
    async def go_on(code: str) -> Response:
        if not await links.is_open(code):
            return site.show_not_found()
        return redirect(f"/#return={code}")

    return router
