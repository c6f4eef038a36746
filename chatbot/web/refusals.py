"""The one shape of an error: `{"error": {"code", "message", "id"}}`, nothing internal in it."""

import json
import logging
import re
import uuid
from collections.abc import Mapping
from typing import Any, Self

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope, Send

from chatbot.errors import LimitReached

# Where the outermost layer puts the path of a request as it may be logged.
LOGGED_PATH = "chatbot.logged_path"
UNFORESEEN = "Something went wrong."
# Another one is no address of ours: what somebody wrote there is not for the log.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]{1,200}")
_log = logging.getLogger(__name__)
_MESSAGES = {
    400: ("bad_request", "The request could not be read."),
    401: ("unauthorized", "Please sign in first."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not take such a request."),
    408: ("too_slow", "The request took too long to come. Please send it again."),
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
    def of_status(cls, status: int, *, retry_after: int = 0) -> Self:
        """The error for a status whose own words are not to be shown."""
        code, message = _MESSAGES.get(status, ("internal", UNFORESEEN))
        return cls(status, code, message, retry_after=retry_after)

    @classmethod
    def of_limit(cls, reached: LimitReached) -> Self:
        """The error for somebody who has done something too often."""
        message = reached.user_message
        return cls(429, "too_many", message, retry_after=reached.retry_after)

    @classmethod
    def of_fault(cls) -> Self:
        """The error for what nobody foresaw."""
        return cls.of_status(500)


def log_refusal(
    refusal: Refusal, scope: Mapping[str, Any], cause: BaseException | None = None
) -> None:
    """Logs the id that the sender of a request is told, with what it was about.

    `cause` is logged with errors that are the program's own: of the others the status says all.
    """
    is_ours = refusal.status >= 500
    fields = {
        "error_id": refusal.error_id,
        "status": refusal.status,
        "code": refusal.code,
        "method": scope.get("method", "WEBSOCKET"),
        "path": scope[LOGGED_PATH] if _PLAIN_PATH.fullmatch(scope.get(LOGGED_PATH, "")) else None,
    }
    _log.log(
        logging.ERROR if is_ours else logging.INFO,
        "request failed (%s)" if is_ours else "request refused (%s)",
        refusal.error_id,
        exc_info=cause if is_ours else None,
        extra=fields,
    )


async def refuse_invalid(_request: Request, error: Exception) -> Response:
    """FastAPI's handler for values that do not fit a route: says which one, in our shape."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "request"
    raise Refusal(422, "bad_request", f"{place}: {first['msg']}.")


async def refuse(
    refusal: Refusal,
    *,
    headers: dict[str, str],
    send: Send,
    scope: Scope,
    cause: BaseException | None = None,
) -> None:
    """Sends the error as a whole response, and logs it."""
    log_refusal(refusal, scope, cause)
    content = {"code": refusal.code, "message": refusal.message, "id": refusal.error_id}
    body = json.dumps({"error": content}).encode()
    own = {"content-type": "application/json", "content-length": str(len(body))}
    if refusal.retry_after:
        own["retry-after"] = str(refusal.retry_after)
    if refusal.status == 408:
        # The rest of the body is not waited for.
        own["connection"] = "close"
    pairs = [(name.encode(), value.encode()) for name, value in (headers | own).items()]
    await send({"type": "http.response.start", "status": refusal.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
