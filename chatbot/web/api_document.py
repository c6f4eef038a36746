"""The OpenAPI document and the page made of it, and the end of `/api`: what is nowhere else."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from chatbot import __version__

DOCUMENT_PATH, DOCS_PATH = "/api/openapi.json", "/api/docs"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_FOR_A_WHILE = {"cache-control": "public, max-age=300"}

ABOUT = """\
Ask the AI stand-in of {name}, read and close chats, leave a contact, book a call. Everything goes \
through the same rules, budget and notifications as the page.

**Who may do what.** Opening a chat needs no key. It gives a chat token: send it as \
`Authorization: Bearer TOKEN`; it opens that chat and nothing else. The owner sends the token of \
`POST /api/token` in the same way.

**Limits.** A request holds at most 64 KB, a message 2,000 characters, a job description 20,000. \
Too many requests are answered with 429 and a `Retry-After` header, in seconds.

**Errors.** Every error is `{{"error": {{"code", "message", "id"}}}}`; the id is in the owner's \
log too.

**Live.** `WS /api/chats/{{id}}/events` sends frames `{{"event", "body"}}`: `NEW_MESSAGE` \
`{{id, sender, content, timestamp, status}}`, `DELTA` `{{id, offset, text}}`, `STATUS` \
`{{status, answering}}`, `ESCALATED` `{{status}}`, `FLOOR` `{{floor}}`, `ERROR` and `PING`. First \
send `{{"event": "HELLO", "body": {{"token": TOKEN, "after": ID}}}}`, or the token as a header: \
`after` is the last message you have seen, and all later ones are sent again. Then \
`{{"event": "SEND_MESSAGE", "body": {{message, client_message_id}}}}` asks. Frames hold at most \
64 KB, and a socket that says nothing for five minutes is closed: answer each `PING` with any frame.

**MCP.** `/api/mcp` is a Model Context Protocol server (streamable HTTP) with the tools `ask`, \
`fit`, `availability` and `leave_contact`.
"""

_EITHER: list[dict[str, Any]] = [{"chatToken": []}, {"ownerToken": []}]
_OWNER: list[dict[str, Any]] = [{"ownerToken": []}]
_OPEN: frozenset[tuple[str, str]] = frozenset(
    {
        ("post", "/api/chats"),
        ("post", "/api/contacts"),
        ("post", "/api/questions"),
        ("post", "/api/token"),
        ("get", "/api/slots"),
        ("post", "/api/bookings"),
        ("get", "/api/health"),
    }
)
_VISITORS = ("/api/me/", "/fit", "/feedback")
_OWNERS = ("/api/analytics/", "/api/questions", "/api/token", "/api/owner/")


def build_document_router(
    site: FastAPI, *, name: str, page: Callable[[Mapping[str, Any]], str]
) -> APIRouter:
    """`/api/openapi.json` and `/api/docs`; `page` makes HTML of the document."""
    router = APIRouter(include_in_schema=False)

    @router.get(DOCUMENT_PATH)
    async def show_document() -> Response:
        return JSONResponse(read_document(site, name), headers=_FOR_A_WHILE)

    @router.get(DOCS_PATH)
    async def show_docs() -> Response:
        return HTMLResponse(page(read_document(site, name)), headers=_FOR_A_WHILE)

    return router


def build_end_router(site: FastAPI) -> APIRouter:
    """Answers for what is nowhere under `/api`: 405 where another method would do, else 404.

    Without it the page behind would answer, in another shape. To be added after all others.
    """
    router = APIRouter(include_in_schema=False)
    known = list(site.routes)

    @router.api_route("/api/{rest:path}", methods=list(METHODS))
    async def refuse(request: Request) -> Response:
        allowed = {method for route in known for method in _methods_at(route, request.scope)}
        if allowed:
            raise HTTPException(405, headers={"allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)

    return router


def _methods_at(route: Any, scope: Scope) -> Iterator[str]:
    """The methods that a route, or a router in its place, has at an address."""
    inner = getattr(route, "original_router", None)
    if inner is not None:
        for part in inner.routes:
            yield from _methods_at(part, scope)
    elif isinstance(route, Route) and route.matches(scope)[0] is Match.PARTIAL:
        yield from route.methods or ()


def read_document(site: FastAPI, name: str) -> dict[str, Any]:
    """The OpenAPI document of all routes that are for programs; made once."""
    if site.openapi_schema is None:
        site.title, site.version = f"{name}: AI stand-in", __version__
        site.description = ABOUT.format(name=name)
        document = site.openapi()
        _name_errors(document)
        _name_callers(document)
    return site.openapi()


def _name_errors(document: dict[str, Any]) -> None:
    """FastAPI's own shape of a refused value never leaves this program: ours does."""
    schemas = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            for answer in answers.values():
                if "HTTPValidationError" in str(answer.get("content", "")):
                    answer.update(description="A value cannot be used.", content=error)
                if answer["description"] == "Successful Response":
                    answer["description"] = "It is done."
            if "requestBody" in operation:
                answers["413"] = {"description": "It holds more than 64 KB.", "content": error}
            answers["default"] = {"description": "Every other error.", "content": error}


def _name_callers(document: dict[str, Any]) -> None:
    bearer = {"type": "http", "scheme": "bearer"}
    document["components"]["securitySchemes"] = {
        "chatToken": {**bearer, "description": "The token of `POST /api/chats`."},
        "ownerToken": {
            **bearer,
            "bearerFormat": "JWT",
            "description": "The token of `POST /api/token`, good for an hour.",
        },
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["security"] = _find_security(method, path)


def _find_security(method: str, path: str) -> list[dict[str, Any]]:
    if (method, path) in _OPEN:
        return []
    if path.startswith(_OWNERS):
        return _OWNER
    if path.startswith(_VISITORS[0]) or path.endswith(_VISITORS[1:]):
        return [{"chatToken": []}]
    return _EITHER
