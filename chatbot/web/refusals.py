"""The one shape of an error: `{"error": {"code", "message", "id"}}`, nothing internal in it."""

import json
import uuid
from typing import Self

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from chatbot.errors import LimitReached

_MESSAGES = {
    400: ("bad_request", "The request could not be read."),
    401: ("unauthorized", "Please sign in first."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not take such a request."),
    413: ("too_large", "The request is too large."),
    422: ("bad_request", "The request could not be read."),
    429: ("too_many", "Too many requests. Please wait a moment."),
    503: ("busy", "Too many people are here right now. Please try again in a moment."),
}


class Refusal(Exception):
    """Ends a request with an error that its sender may read; the id is in the log too."""

    def __init__(
        self, status: int, code: str, message: str, error_id: str = "", *, retry_after: int = 0
    ) -> None:
        super().__init__(f"{status} {code}")
        self.retry_after = retry_after
        self.status = status
        self.code = code
        self.message = message
        self.error_id = error_id or uuid.uuid4().hex[:8]

    @classmethod
    def of_status(cls, status: int) -> Self:
        """The error for a status whose own words are not to be shown."""
        code, message = _MESSAGES.get(status, ("internal", "Something went wrong."))
        return cls(status, code, message)

    @classmethod
    def of_limit(cls, reached: LimitReached) -> Self:
        """The error for somebody who has done something too often."""
        message = reached.user_message
        return cls(429, "too_many", message, retry_after=reached.retry_after)


async def refuse_invalid(_request: Request, error: Exception) -> Response:
    """FastAPI's handler for values that do not fit a route: says which one, in our shape."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "request"
    raise Refusal(422, "bad_request", f"{place}: {first['msg']}.")


async def refuse(refusal: Refusal, *, headers: dict[str, str], send: Send) -> None:
    """Sends the error as a whole response."""
    content = {"code": refusal.code, "message": refusal.message, "id": refusal.error_id}
    body = json.dumps({"error": content}).encode()
    own = {"content-type": "application/json", "content-length": str(len(body))}
    if refusal.retry_after:
        own["retry-after"] = str(refusal.retry_after)
    pairs = [(name.encode(), value.encode()) for name, value in (headers | own).items()]
    await send({"type": "http.response.start", "status": refusal.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
