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
A visitor, an address, and all callers together may send so many messages, leave so many contacts, \
open so many chats and keep so many streams and WebSockets open: what is too much is answered with \
429, or 503 when everybody together is, and a `Retry-After` header, in seconds.

**Sent twice.** A message with the same `client_message_id` is the same message: it is stored and \
answered once, and the same answer comes back.

**Streams.** `POST /api/chats/{{id}}/messages` with `Accept: text/event-stream` answers with \
server-sent events: `delta` `{{text}}` as the answer grows, then `done` `{{message, notices}}`, or \
`error` in the shape below. Leaving early does not stop the answer.

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

_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_TO_WAIT_FOR = frozenset({"429", "503"})
_WORDS = {
    "Successful Response": "It is done.",
    "Validation Error": "A value cannot be used; the message says which.",
}
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
    """Names every error that a route can end with: FastAPI's own shape of a refused value never
    leaves this program, and what the outermost layer answers is no route's own to declare."""
    schemas = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for operations in document["paths"].values():
        for method, operation in operations.items():
            answers = operation["responses"]
            for status, words in _list_common(method, operation):
                answers.setdefault(status, {"description": words})
            for status, answer in answers.items():
                if status >= "400":
                    answer["content"] = _ERROR
                if status in _TO_WAIT_FOR:
                    answer["headers"] = _RETRY_AFTER
                answer["description"] = _WORDS.get(answer["description"], answer["description"])


def _list_common(method: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The errors that no route declares, with their words."""
    if "requestBody" in operation:
        yield "400", "The body cannot be read."
        yield "408", "The body took too long to come."
        yield "413", "It holds more than 64 KB."
    if method != "get":
        yield "403", "The request comes from another site's page."
    yield "429", "Too many requests; see the Retry-After header."
    yield "500", "Something that nobody foresaw."
    yield "503", "Try again in a moment; see Retry-After."


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
