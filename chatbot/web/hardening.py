"""The outermost layer: what is served at all, to whom, how large, and under which headers.

One pure ASGI middleware, so that streams pass through untouched. It lets only known paths through
(Gradio brings an open file relay, an upload and other routes that this program does not need),
refuses writes from foreign pages, and answers every error with the same small JSON.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.errors import LimitReached
from chatbot.web.bodies import bound_body, replay, too_large
from chatbot.web.client_address import TrustedProxies
from chatbot.web.documents import harden_document
from chatbot.web.gradio_calls import check_call, read_call
from chatbot.web.handshake import Handshake
from chatbot.web.open_requests import OpenRequests
from chatbot.web.origins import Origins
from chatbot.web.refusals import LOGGED_PATH, Refusal, log_refusal, refuse

_EXACT_PATHS = frozenset(
    {
        "/",
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/manifest.json",
        "/robots.txt",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/gradio_api/run/predict",
        "/gradio_api/cancel",
        # By this the page finds out that the server is back.
        "/gradio_api/app_id",
    }
)
_PATH_PREFIXES = ("/assets/", "/static/", "/page/", "/api/", "/gradio_api/heartbeat/")
_CALL_PATHS = frozenset({"/gradio_api/queue/join", "/gradio_api/run/predict"})
_STREAM_PATH = "/gradio_api/queue/data"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# Not "no-referrer": a browser would then send its form with the origin "null".
_SECRET_PAGE = {
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "no-store",
}
_VISITOR_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
)
_IMMUTABLE = "public, max-age=31536000, immutable"


class OwnerCalls(Protocol):
    """Knows which pages are the owner's, and the events that were made for them only."""

    async def admit(self, headers: Mapping[str, str], session: str) -> Mapping[int, int] | None:
        """Events of this page beside the common ones, with how many values each takes.

        `session` names the page, as Gradio does. None when it is the owner's and the caller is
        somebody else.
        """
        ...


@dataclass(frozen=True)
class HardeningValues:
    """What the outermost layer is told.

    `head` is HTML for the page's head; `embed_origins` may show the page in a frame; `events` are
    the ids of the page's Gradio events, best mapped to how many values each takes; `own_paths` are
    further routes, whose HTML is sent as it is and can run no script and be shown in no frame;
    `secret_prefixes` are the beginnings of paths that go on with a secret that no log and no other
    site may see.
    `max_open_requests` may be open at one time, WebSockets and streams among them.
    `large_bodies` are the paths that take more than `max_body_bytes`, with how much. Routes under
    `visitor_paths` may run the site's own script and be framed like the page.
    """

    title: str
    description: str
    head: str = ""
    lang: str = "en"
    embed_origins: tuple[str, ...] = ("https://huggingface.co",)
    origins: Origins = field(default_factory=Origins)
    events: Collection[int] = frozenset()
    max_body_bytes: int = 64 * 1024
    own_paths: frozenset[str] = frozenset()
    secret_prefixes: tuple[str, ...] = ()
    large_bodies: Mapping[str, int] = field(default_factory=dict)
    visitor_paths: tuple[str, ...] = ()
    owner_calls: OwnerCalls | None = None
    proxies: TrustedProxies = field(default_factory=TrustedProxies)
    max_open_requests: int = 1000

    def is_own(self, path: str) -> bool:
        """Whether the HTML of a path is one of our pages outside of Gradio's."""
        return path in self.own_paths or self.is_secret(path)

    def is_for_visitors(self, path: str) -> bool:
        """Whether a page of our own that visitors open has this path."""
        return any(path == known or path.startswith(f"{known}/") for known in self.visitor_paths)

    def is_secret(self, path: str) -> bool:
        return path.startswith(self.secret_prefixes)

    def loggable(self, path: str) -> str:
        """A path without the secret in it."""
        known = (prefix for prefix in self.secret_prefixes if path.startswith(prefix))
        return next((f"{prefix}..." for prefix in known), path)


class Hardening:
    """Wraps the whole application; the values hold for its lifetime."""

    def __init__(self, app: ASGIApp, values: HardeningValues) -> None:
        self._app = app
        self._values = values
        self._paths = _EXACT_PATHS | values.own_paths
        self._prefixes = _PATH_PREFIXES + values.secret_prefixes
        self._headers = _fixed_headers()
        self.open = OpenRequests(values.max_open_requests)

    @property
    def max_open_requests(self) -> int:
        """How many requests may be open at one time."""
        return self._values.max_open_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = self._values.proxies.resolve(scope)
        scope = {**scope, LOGGED_PATH: self._values.loggable(scope["path"])}
        if scope["type"] == "websocket":
            await self._pass_socket(scope, receive, send)
        else:
            await self._pass_request(scope, receive, send)

    async def _pass_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._headers | {"content-security-policy": _OWN_PAGE_POLICY}
        handshake = Handshake(scope, send, headers)
        if not scope["path"].startswith("/api/"):
            await handshake.refuse(Refusal.of_status(403))
            return
        try:
            with self.open.holding(_address_of(scope)):
                await self._app(scope, receive, handshake.send)
        except Refusal as refusal:
            await handshake.refuse(refusal)

    async def _pass_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = _Response(scope, send, self._headers, self._values)
        try:
            self._check(scope)
            with self.open.holding(_address_of(scope)):
                await self._check_stream(scope)
                most = self._max_body_bytes(scope["path"])
                body = await self._body(scope, bound_body(receive, most, response.note_due))
                await self._app(_without_origin(scope), body, response.send)
                await response.finish()
        except Refusal as refusal:
            await response.refuse(refusal)
        except LimitReached as reached:
            await response.refuse(Refusal.of_limit(reached))
        except Exception as error:
            await response.refuse(Refusal.of_fault(), error)

    def _check(self, scope: Scope) -> None:
        path = scope["path"]
        is_known = path in self._paths or path.startswith(self._prefixes)
        is_known = is_known or self._values.is_for_visitors(path)
        # What lies behind a known beginning must not be left by the way up.
        if not is_known or ".." in path.replace("\\", "/").split("/"):
            raise Refusal(404, "not_found", "There is nothing here.")
        headers = Headers(scope=scope)
        if scope["method"] not in _SAFE_METHODS and not self._values.origins.accepts(
            headers.get("origin"), host=headers.get("host")
        ):
            raise Refusal(403, "foreign_origin", "This request comes from another site.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._max_body_bytes(path):
            raise too_large(self._max_body_bytes(path))

    async def _body(self, scope: Scope, receive: Receive) -> Receive:
        if scope["method"] in _SAFE_METHODS or scope["path"] not in _CALL_PATHS:
            return receive
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return replay(b"", receive)
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        await self._check_call(Headers(scope=scope), bytes(body))
        return replay(bytes(body), receive)

    async def _check_call(self, headers: Headers, body: bytes) -> None:
        call = read_call(body)
        late, common = await self._admit(headers, call.session), self._values.events
        check_call(call, late if call.event in late and call.event not in common else common)

    async def _check_stream(self, scope: Scope) -> None:
        if scope["path"] == _STREAM_PATH and self._values.owner_calls is not None:
            named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            for session in named:
                await self._admit(Headers(scope=scope), session)

    async def _admit(self, headers: Headers, session: str) -> Mapping[int, int]:
        calls = self._values.owner_calls
        if calls is None:
            return {}
        late = await calls.admit(headers, session)
        if late is None:
            raise Refusal.of_status(404)
        return late

    def _max_body_bytes(self, path: str) -> int:
        return self._values.large_bodies.get(path, self._values.max_body_bytes)


class _Response:
    """One response on its way out: headers added, the page rewritten, errors in one shape."""

    def __init__(
        self, scope: Scope, send: Send, headers: dict[str, str], values: HardeningValues
    ) -> None:
        self._scope = scope
        self._send = send
        self._headers = headers
        self._values = values
        self._start: Message | None = None
        self._document: bytearray | None = None
        self._is_dropped = False
        self._is_held = False
        # What the answer is, whatever the application says.
        self._due: Refusal | None = None

    def note_due(self, refusal: Refusal) -> None:
        """The application is not to answer: this is the answer."""
        self._due = refusal

    async def send(self, message: Message) -> None:
        if self._is_dropped or self._is_held:
            return
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._document is not None:
            await self._collect(message)
        else:
            await self._send(message)

    async def finish(self) -> None:
        """Answers for an application that has only said that it failed."""
        if self._is_held:
            await self.refuse(Refusal.of_status(500))

    async def refuse(self, refusal: Refusal, cause: BaseException | None = None) -> None:
        """Answers with an error; a response that has begun is ended where it stands."""
        self._is_dropped = True
        if self._start is None or self._document is not None:
            self._document = None
            headers = self._headers | {"content-security-policy": self._policy(())}
            await refuse(refusal, headers=headers, send=self._send, scope=self._scope, cause=cause)
        else:
            log_refusal(refusal, self._scope, cause)
            await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self, message: Message) -> None:
        if self._due is not None:
            await self.refuse(self._due)
            return
        path, status = self._scope["path"], message["status"]
        kind = MutableHeaders(raw=message["headers"]).get("content-type", "")
        if status == 500 and kind.startswith("text/plain"):
            # Starlette answers like this and then raises: the error itself comes right after.
            self._is_held = True
            return
        if kind.startswith("text/html") and (own := self._own_page_headers(path)):
            await self._send_own_page(message, own)
            return
        if status >= 400 and not path.startswith("/api/"):
            await self.refuse(Refusal.of_status(status))
            return
        self._start = message
        headers = MutableHeaders(raw=message["headers"])
        for name, value in self._headers.items():
            headers[name] = value
        if path.startswith("/assets/"):
            headers["cache-control"] = _IMMUTABLE
        if kind.startswith("text/html") and not path.startswith("/api/"):
            self._document = bytearray()
            return
        headers["content-security-policy"] = self._policy(())
        await self._send(message)

    def _own_page_headers(self, path: str) -> dict[str, str]:
        """What one of our pages outside of Gradio's is sent with; nothing for another path."""
        values = self._values
        if values.is_for_visitors(path):
            policy = _VISITOR_PAGE_POLICY.format(frames=self._frames())
            own = {"content-security-policy": policy, "referrer-policy": "same-origin"}
        elif values.is_own(path):
            own = {"content-security-policy": _OWN_PAGE_POLICY}
        else:
            return {}
        return own | (_SECRET_PAGE if values.is_secret(path) else {})

    async def _send_own_page(self, message: Message, own: dict[str, str]) -> None:
        headers = MutableHeaders(raw=message["headers"])
        for name, value in (self._headers | own).items():
            headers[name] = value
        self._start = message
        await self._send(message)

    async def _collect(self, message: Message) -> None:
        assert self._document is not None
        assert self._start is not None
        self._document += message.get("body", b"")
        if message.get("more_body"):
            return
        values = self._values
        document = harden_document(
            self._document.decode("utf-8", "replace"),
            title=values.title,
            description=values.description,
            lang=values.lang,
            head=values.head,
        )
        headers = MutableHeaders(raw=self._start["headers"])
        headers["content-security-policy"] = self._policy(document.script_hashes)
        headers["content-length"] = str(len(document.body))
        headers["cache-control"] = "no-cache"
        self._document = None
        await self._send(self._start)
        body = b"" if self._scope["method"] == "HEAD" else document.body
        await self._send({"type": "http.response.body", "body": body})

    def _policy(self, script_hashes: tuple[str, ...]) -> str:
        scripts = " ".join(["'self'", *(f"'{known}'" for known in script_hashes)])
        return (
            f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
            "media-src 'self'; worker-src 'self' blob:; object-src 'none'; frame-src 'none'; "
            f"base-uri 'self'; form-action 'self'; frame-ancestors {self._frames()}"
        )

    def _frames(self) -> str:
        return " ".join(["'self'", *self._values.embed_origins])


def _fixed_headers() -> dict[str, str]:
    return {
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin-allow-popups",
    }


def _address_of(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None


def _without_origin(scope: Scope) -> Scope:
    """Checked already: with an Origin header Gradio would answer with CORS headers of its own, and
    with the other it would write the address into the page that anybody named there."""
    unread = (b"origin", b"x-forwarded-host")
    headers = [pair for pair in scope["headers"] if pair[0] not in unread]
    return {**scope, "headers": headers}
