"""How the API says that something did not work: one shape, the right status, nothing internal."""

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chatbot.engine.admission import ChatIsClosed, TurnIsRunning
from chatbot.engine.program_chat import NotSetUp
from chatbot.errors import (
    ChatbotError,
    InvalidInput,
    LimitReached,
    NotFound,
    NotLoaded,
    NotSaved,
    PermissionDenied,
)
from chatbot.people.bookings import SlotTaken
from chatbot.people.confirming import NotConfirmed
from chatbot.web.access import WRONG_PASSWORD, TooManyTries
from chatbot.web.refusals import Refusal, log_refusal

RETRY_SECONDS = 5

_BY_TYPE: tuple[tuple[type[ChatbotError], int, str], ...] = (
    (TooManyTries, 429, "too_many"),
    (LimitReached, 429, "too_many"),
    (NotSetUp, 501, "not_set_up"),
    (TurnIsRunning, 409, "answer_running"),
    (ChatIsClosed, 409, "chat_closed"),
    (SlotTaken, 409, "slot_taken"),
    (InvalidInput, 422, "bad_request"),
    (NotFound, 404, "not_found"),
    (PermissionDenied, 403, "forbidden"),
    (NotConfirmed, 503, "not_confirmed"),
    (NotSaved, 503, "busy"),
    (NotLoaded, 503, "busy"),
)


class ErrorDetail(BaseModel):
    """What went wrong: `code` for programs, `message` for people, `id` as it is in the log."""

    code: str = Field(examples=["bad_request"])
    message: str = Field(examples=["Please type a message first."])
    id: str = Field(examples=["3f9c01ab"])


class ErrorBody(BaseModel):
    """Every error of this API."""

    error: ErrorDetail


async def answer_error(request: Request, error: Exception) -> Response:
    """FastAPI's handler for errors that this program raises on purpose."""
    assert isinstance(error, ChatbotError)
    refusal, retry_after = describe(error)
    headers = {"retry-after": str(retry_after)} if retry_after else {}
    if refusal.status == 401:
        headers["www-authenticate"] = "Bearer"
    return _answer(request, refusal, headers, error)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """FastAPI's handler for its own refusals: no such address, no such method."""
    assert isinstance(error, HTTPException)
    refusal = Refusal.of_status(error.status_code)
    return _answer(request, refusal, dict(error.headers or {}), error)


def describe(error: ChatbotError) -> tuple[Refusal, int]:
    """The error as the API says it, and after how many seconds to try again (0: not at all)."""
    message = error.user_message
    if isinstance(error, InvalidInput) and message == WRONG_PASSWORD:
        return Refusal(401, "wrong_password", message), 0
    known = next((row for row in _BY_TYPE if isinstance(error, row[0])), None)
    if known is None:
        return Refusal(503, "unavailable", message), RETRY_SECONDS
    _, status, code = known
    wait = getattr(error, "retry_after", RETRY_SECONDS if status == 503 else 0)
    return Refusal(status, code, message), int(wait)


def error_content(refusal: Refusal) -> dict[str, dict[str, str]]:
    """The body of an error."""
    return {
        "error": {
            "code": refusal.code,
            "message": refusal.message,
            "id": refusal.error_id,
        }
    }


def _answer(
    request: Request, refusal: Refusal, headers: dict[str, str], cause: Exception
) -> Response:
    log_refusal(refusal, request.scope, cause)
    content = error_content(refusal)
    return JSONResponse(content, refusal.status, headers={"cache-control": "no-store", **headers})
