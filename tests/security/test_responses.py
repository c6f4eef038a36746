"""What every response has, and which paths answer at all."""

import http.client
import json
import re
import uuid

import httpx
import pytest
from sqlalchemy import text

from tests.security.conftest import Fortress
from tests.test_authorization import GRADIO_ROUTES, ROUTES

POLICY = "content-security-policy"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FOREIGN = {"origin": "https://evil.example"}


def fill(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "x", path)


def check_headers(response: httpx.Response | http.client.HTTPResponse, where: str) -> None:
    headers = {name.lower(): value for name, value in response.headers.items()}
    policy = dict(part.strip().partition(" ")[::2] for part in headers[POLICY].split(";"))
    assert "unsafe-eval" not in headers[POLICY], where
    scripts = policy.get("script-src", policy["default-src"])
    assert "unsafe-inline" not in scripts, where
    assert "*" not in scripts, where
    assert policy["frame-ancestors"], where
    assert policy.get("object-src", policy["default-src"]) in ("'none'", "'self'"), where
    assert policy["base-uri"] in ("'none'", "'self'"), where
    assert policy["form-action"], where
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["referrer-policy"] in ("same-origin", "strict-origin-when-cross-origin"), where
    assert "permissions-policy" in headers, where
    assert not {"server", "x-powered-by"} & set(headers), where
    assert not [name for name in headers if name.startswith("access-control-")], where


@pytest.mark.parametrize(("method", "path"), sorted({*ROUTES, *GRADIO_ROUTES}))
def test_every_route_sends_the_headers(fortress: Fortress, method: str, path: str) -> None:
    if method == "WEBSOCKET":
        method = "GET"
    with (
        httpx.Client(base_url=fortress.url, timeout=60) as client,
        client.stream(method, fill(path)) as response,
    ):
        check_headers(response, f"{method} {path}: {response.status_code}")
        assert response.status_code < 500


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/api/health", "/api/nothing", "/owner", "/book"]
)
def test_every_method_on_every_kind_of_path_sends_them(
    fortress: Fortress, method: str, path: str
) -> None:
    with fortress.client() as client:
        response = client.request(method, path)
    check_headers(response, f"{method} {path}: {response.status_code}")
    assert response.status_code < 500


@pytest.mark.parametrize(
    ("status", "method", "path", "options"),
    [
        (200, "GET", "/", {}),
        (403, "POST", "/owner", {"headers": FOREIGN, "data": {"password": "wrong"}}),
        (403, "POST", "/api/bookings", {"headers": FOREIGN, "json": {}}),
        (404, "GET", "/gradio_api/upload", {}),
        (404, "GET", "/static/nothing.js", {}),
        (404, "GET", "/page/nothing.js", {}),
        (405, "DELETE", "/", {}),
        (404, "DELETE", "/book", {}),
        (413, "POST", "/api/bookings", {"content": b"x" * 70_000}),
        (422, "POST", "/api/bookings", {"json": {}}),
        (400, "POST", "/gradio_api/run/predict", {"content": b"{"}),
        (303, "GET", "/owner/contacts/import", {}),
    ],
)
def test_errors_send_them_too(
    fortress: Fortress, status: int, method: str, path: str, options: dict
) -> None:
    with fortress.client() as client:
        response = client.request(method, path, **options)
    assert response.status_code == status
    check_headers(response, f"{method} {path}")
    if status >= 400 and "json" in response.headers["content-type"]:
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"code", "message", "id"}


# The same in every process that collects the tests.
SOCKET = f"/api/chats/{uuid.UUID(int=7)}/events"
HANDSHAKE = {
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
}


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/nothing", {}),
        ("/", {}),
        ("/api/nothing", {}),
        ("/api/bell", {"origin": "https://evil.example"}),
        (SOCKET, {"origin": "https://evil.example"}),
        (SOCKET, {"authorization": "Bearer nobodys"}),
    ],
)
def test_a_socket_that_is_refused_is_answered_with_them(
    fortress: Fortress, path: str, who: dict[str, str]
) -> None:
    with fortress.client(**HANDSHAKE, **who) as client:
        response = client.get(path)
    assert response.status_code == 403
    check_headers(response, path)
    assert set(response.json()["error"]) == {"code", "message", "id"}


async def test_an_error_that_nobody_foresaw_sends_them(fortress: Fortress) -> None:
    """A row that this version cannot read; through REST, where the page shows a line instead."""
    opened = fortress.client().post("/api/chats", json={"question": "Did you study?"}).json()
    database = fortress.open_database()
    spoil = text("UPDATE message SET citations = :json WHERE role = 'assistant'")
    database.write_now(lambda session: session.execute(spoil, {"json": "no json"}))
    try:
        with fortress.client(authorization=f"Bearer {opened['token']}") as client:
            response = client.get(f"/api/chats/{opened['chat_id']}/messages")
    finally:
        database.write_now(lambda session: session.execute(spoil, {"json": "[]"}))
        database.close()
    assert response.status_code == 500
    check_headers(response, "500")
    assert response.json()["error"]["id"] in fortress.app.log


def test_what_the_page_loads_sends_them(fortress: Fortress) -> None:
    with fortress.client() as client:
        page = client.get("/")
        assets = set(re.findall(r'(?:src|href)="[./]*((?:assets|static|page)/[^"?]+)', page.text))
        assert len(assets) >= 3
        for path in sorted(assets):
            response = client.get(f"/{path}")
            assert response.status_code == 200, path
            check_headers(response, path)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload_progress?upload_id=1",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/file=https://evil.example/x",
        "/gradio_api/proxy=https://evil.example/x",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/api",
        "/gradio_api/call/send_message",
        "/gradio_api/run/send_message",
        "/gradio_api/queue/status",
        "/gradio_api/deep_link?session_hash=a",
        "/gradio_api/startup-events",
        "/gradio_api/reset",
        "/gradio_api/component_server",
        "/gradio_api/process_recording",
        "/gradio_api/stream/a/b/c/playlist.m3u8",
        "/gradio_api/token",
        "/gradio_api/runs",
        "/gradio_api/dev/reload",
        "/gradio_api/vibe-code",
        "/gradio_api/mcp/sse",
        "/gradio_api//queue/../upload",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/logout",
        "/token",
        "/pwa_icon",
        "/service-worker.js",
        "/svelte/x.js",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/.env",
        "/app.py",
        "/.git/config",
        "/.state/chatbot.db",
        "/data/profile/resume.json",
        "/static/../../../../../../etc/passwd",
        "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/../../routes.py",
        "/assets/..%2f..%2froutes.py",
        "/page/../app.py",
        "/page/..%2f..%2fsettings.py",
        "/page/%2e%2e/%2e%2e/settings.py",
        "//evil.example/%2e%2e",
        "/%00",
        "/robots.txt/..;/owner",
    ],
)
def test_no_other_path_answers(fortress: Fortress, path: str) -> None:
    for method in ("GET", "POST"):
        # Not httpx, which would tidy the path up.
        connection = http.client.HTTPConnection(fortress.host, timeout=60)
        connection.request(method, path, headers={"content-type": "application/json"})
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        assert response.status == 404, (method, path, response.status)
        check_headers(response, path)
        assert json.loads(body)["error"]["code"] == "not_found"
