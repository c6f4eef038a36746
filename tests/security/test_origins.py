"""Pages of other sites change nothing here, and hear nothing."""

import asyncio
import json

import pytest
import websockets
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from chatbot.storage.models import Message
from tests.fakes import list_rows
from tests.page_client import PageClient
from tests.security.conftest import Fortress

ORIGINS = [
    "https://evil.example",
    "null",
    "http://sub.{host}",
    "http://{host}.evil.example",
    "http://evil.example/{host}",
    "http://{name}:1",
    "http://{host}@evil.example",
    "file://",
    "chrome-extension://abcdef",
    "http://",
    "",
    "http://[::1",
]
STATE_CHANGES = [
    ("/gradio_api/queue/join", {}),
    ("/gradio_api/run/predict", {}),
    ("/gradio_api/cancel", {}),
    ("/owner", {"password": "x"}),
    ("/owner/sign-out", {}),
    ("/book/hold", {"start": "2026-11-24T09:00Z"}),
    ("/book/confirm", {}),
    ("/api/bookings", {}),
    ("/api/me/erase", {}),
    ("/api/me/export", {}),
]


@pytest.fixture(params=ORIGINS)
def origin(request: pytest.FixtureRequest, fortress: Fortress) -> str:
    host = fortress.host
    return str(request.param).format(host=host, name=host.partition(":")[0])


def test_a_foreign_page_changes_nothing(fortress: Fortress, origin: str) -> None:
    with fortress.client(origin=origin) as client:
        for path, form in STATE_CHANGES:
            response = client.post(path, data=form)
            assert response.status_code == 403, path
            assert response.json()["error"]["code"] == "foreign_origin"
            assert "set-cookie" not in response.headers


def test_a_foreign_page_is_told_of_no_permission(fortress: Fortress, origin: str) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "x"}
    with fortress.client(origin=origin) as client:
        answers = [client.get(path) for path in ("/", "/config", "/api/health", "/api/slots")]
        answers += [client.options(path, headers=asked) for path in ("/", "/api/bookings")]
    for response in answers:
        assert not [name for name in response.headers if name.startswith("access-control-")]
        assert "evil" not in str(response.headers)


async def test_a_message_from_a_foreign_page_is_not_stored(fortress: Fortress) -> None:
    words = "sent by a page of another site"
    async with PageClient(fortress.url) as page:
        await page.open()
        body = json.dumps(page.build_body("send", **{"message-box": words}))
        headers = {"origin": "https://evil.example", "content-type": "text/plain"}
        for way in ("queue/join", "run/predict"):
            answer = await page.http.post(f"/gradio_api/{way}", content=body, headers=headers)
            assert answer.status_code == 403
    database = fortress.open_database()
    assert words not in [row.content for row in list_rows(database, Message)]
    database.close()


async def test_a_foreign_page_opens_no_socket(fortress: Fortress, origin: str) -> None:
    async with PageClient(fortress.url) as page:
        await page.open()
        address = f"ws://{fortress.host}/api/bell?ticket={page.ticket}"
        with pytest.raises((InvalidStatus, websockets.exceptions.ConnectionClosed)):
            async with connect(address, additional_headers={"Origin": origin}) as socket:
                await asyncio.wait_for(socket.recv(), 5)


async def test_no_other_path_takes_a_socket(fortress: Fortress) -> None:
    for path in ("/", "/gradio_api/queue/join", "/gradio_api/stream/x", "/nothing", "/owner"):
        with pytest.raises(InvalidStatus):
            async with connect(f"ws://{fortress.host}{path}"):
                pass


PATHS = ["/", "/config", "/owner", "/owner/", "/book", "/privacy", "/robots.txt", "/api/slots"]


@pytest.mark.parametrize("path", PATHS)
def test_a_forged_host_is_in_no_header(fortress: Fortress, path: str) -> None:
    with fortress.client(host="evil.example") as client:
        response = client.get(path)
        assert "evil.example" not in str(response.headers)
        response = client.post(path, headers={"origin": fortress.url})
        assert response.status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_what_a_proxy_is_said_to_have_been_asked_for_is_nowhere(
    fortress: Fortress, path: str
) -> None:
    with fortress.client(
        **{"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    ) as client:
        response = client.get(path)
    assert "evil.example" not in f"{response.headers} {response.text}"
