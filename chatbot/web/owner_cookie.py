"""The cookie that holds the owner's sign-in, as browsers and proxies see it."""

from collections.abc import Mapping

from starlette.requests import Request, cookie_parser
from starlette.responses import Response

_PLAIN_NAME = "career-chat-owner"
# A browser takes a cookie of this name only over HTTPS, for this very host and all of its paths.
_SECURE_NAME = f"__Host-{_PLAIN_NAME}"


def read_owner_cookie(headers: Mapping[str, str]) -> str:
    """The value that a request brings, "" when it brings none."""
    header = headers.get("cookie") or ""
    if _PLAIN_NAME not in header:
        return ""
    cookies = cookie_parser(header)
    return cookies.get(_SECURE_NAME) or cookies.get(_PLAIN_NAME) or ""


def write_owner_cookie(request: Request, response: Response, value: str) -> None:
    """Gives the browser a sign-in; it ends with the browser, or earlier by the database."""
    is_secure = _is_https(request)
    name = _SECURE_NAME if is_secure else _PLAIN_NAME
    response.set_cookie(name, value, path="/", secure=is_secure, httponly=True, samesite="lax")


def clear_owner_cookie(request: Request, response: Response) -> None:
    """Makes the browser forget it."""
    response.delete_cookie(_PLAIN_NAME, path="/", httponly=True, samesite="lax")
    if _is_https(request):
        response.delete_cookie(_SECURE_NAME, path="/", secure=True, httponly=True, samesite="lax")


def _is_https(request: Request) -> bool:
    # The header is believed for nothing else: who lies here spoils the own cookie only.
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return (forwarded or request.url.scheme) == "https"
