import json
from collections.abc import AsyncIterator
from typing import Any, cast

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from chatbot.engine.visitor_chat import VisitorChat
from chatbot.ui.assets import build_assets_router
from chatbot.ui.gradio_settings import count_event_values, tune
from chatbot.ui.layout import build_page
from chatbot.ui.theme import page_head, page_options
from chatbot.web.hardening import Hardening, HardeningValues
from chatbot.web.live import LiveBell
from tests.ui.examples import VALUES

CALL = {"data": [], "fn_index": 0, "session_hash": "abc"}


def build_site() -> Hardening:
    page = build_page(VALUES, cast(VisitorChat, object()), LiveBell(secret_key="k" * 32))
    tune(page)
    site = FastAPI(openapi_url=None)
    site.include_router(build_assets_router(VALUES))

    @site.get("/api/boom")
    def boom() -> None:
        raise RuntimeError("/srv/secret.db")

    @site.post("/api/echo")
    async def echo(request: Request) -> dict[str, Any]:
        body = await request.body()
        return {"size": len(body), "origin": request.headers.get("origin")}

    @site.get("/api/stream")
    def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "one"
            raise RuntimeError("/srv/secret.db")

        return StreamingResponse(parts(), media_type="text/event-stream")

    gr.mount_gradio_app(site, page, path="/", **page_options(VALUES))
    values = HardeningValues(
        title="Mira: ask",
        description="Ask",
        head=page_head(VALUES),
        events=count_event_values(page),
        embed_origins=("https://huggingface.co",),
    )
    return Hardening(site, values)


@pytest.fixture(scope="module")
def site() -> Hardening:
    return build_site()


@pytest.fixture
def client(site: Hardening) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=site, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://app.example")


def error_of(response: httpx.Response) -> dict[str, str]:
    body = response.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"code", "message", "id"}
    return cast(dict[str, str], body["error"])


@pytest.mark.parametrize(
    "path",
    ["/", "/config", "/theme.css", "/page/page.css", "/page/page.js", "/robots.txt"],
)
async def test_what_the_page_needs_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.com/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/deep_link?session_hash=a",
        "/gradio_api/startup-events",
        "/gradio_api/stream/a/b/c/playlist.m3u8",
        "/gradio_api/call/send_message",
        "/gradio_api/queue/status",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/mcp/",
        "/login",
        "/docs",
        "/openapi.json",
        "/.env",
        "/app.py",
    ],
)
async def test_everything_else_does_not_exist(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert error_of(response)["code"] == "not_found"


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/run/send_message", "/reset"])
async def test_nothing_else_can_be_written(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.post(path, json=CALL)).status_code == 404


async def test_a_foreign_page_cannot_write(client: httpx.AsyncClient) -> None:
    for path in ("/gradio_api/queue/join", "/api/echo"):
        headers = {"Origin": "https://evil.example"}
        response = await client.post(path, json=CALL, headers=headers)
        assert response.status_code == 403
        assert error_of(response)["code"] == "foreign_origin"


async def test_gradio_never_sees_an_origin(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://app.example"}
    assert (await client.post("/api/echo", headers=headers)).json()["origin"] is None
    config = await client.get("/config", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in config.headers


async def test_a_large_body_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/echo", content=b"x" * (64 * 1024 + 1))
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"
    assert (await client.post("/api/echo", content=b"x" * 64 * 1024)).json()["size"] == 64 * 1024


@pytest.mark.parametrize("path", ["/api/echo", "/gradio_api/queue/join"])
async def test_a_large_body_of_unknown_length_is_refused(
    client: httpx.AsyncClient, path: str
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024

    assert (await client.post(path, content=parts())).status_code == 413


async def test_a_bad_length_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/echo", headers={"content-length": "many"}, content=b"")
    assert response.status_code == 413


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
@pytest.mark.parametrize("event", [9999, -1, None, True, "0", 1.5, [0]])
async def test_an_unknown_event_is_not_found(
    client: httpx.AsyncClient, path: str, event: object
) -> None:
    response = await client.post(path, json={**CALL, "fn_index": event})
    assert response.status_code == 404
    assert error_of(response)["code"] == "not_found"


@pytest.mark.parametrize("data", [[], ["a"] * 99])
async def test_too_few_or_too_many_values_cannot_be_read(
    client: httpx.AsyncClient, data: list[str]
) -> None:
    response = await client.post("/gradio_api/queue/join", json={**CALL, "data": data})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"data": []}',
        b"[" * 20_000,
        b'{"data": {}, "fn_index": 0, "session_hash": "a"}',
        b'{"data": [], "fn_index": 0, "session_hash": 5}',
        json.dumps({**CALL, "session_hash": "x" * 65}).encode(),
    ],
)
async def test_a_call_of_another_shape_cannot_be_read(
    client: httpx.AsyncClient, body: bytes
) -> None:
    response = await client.post("/gradio_api/queue/join", content=body)
    assert response.status_code == 400
    error_of(response)


async def test_every_response_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/config", "/page/page.js", "/nothing", "/api/boom"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
        assert "referrer-policy" in headers
        assert "permissions-policy" in headers


async def test_scripts_run_by_their_hash_or_from_here_only(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    directives = response.headers["content-security-policy"].split("; ")
    [scripts] = [part for part in directives if part.startswith("script-src")]
    assert "unsafe" not in scripts
    assert scripts.count("'sha256-") == response.text.count("<script>") + response.text.count(
        "<script data-gradio-mode>"
    )
    assert "img-src 'self' data: blob:" in directives
    assert "form-action 'self'" in directives


async def test_the_page_is_ours_from_its_first_byte(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "<title>Mira: ask</title>" in page
    assert "Click to try out the app" not in page
    assert "raw.githubusercontent.com" not in page
    assert "/page/page.css?v=" in page


async def test_files_with_a_version_are_kept_for_ever(client: httpx.AsyncClient) -> None:
    for path in ("/page/page.css", "/page/page.js"):
        assert "immutable" in (await client.get(path)).headers["cache-control"]
    assert (await client.get("/")).headers["cache-control"] == "no-cache"


async def test_an_unforeseen_error_tells_nothing(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get("/api/boom")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert error_of(response)["id"] in caplog.text


async def test_an_error_in_a_stream_ends_it_silently(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/stream")
    assert response.text == "one"


async def test_an_error_of_gradio_has_our_shape(client: httpx.AsyncClient) -> None:
    response = await client.get("/assets/nothing.js")
    assert response.status_code == 404
    assert error_of(response)["code"] == "not_found"


async def test_the_page_can_be_asked_for_its_head(client: httpx.AsyncClient) -> None:
    response = await client.head("/")
    assert response.status_code == 200
    assert response.content == b""
