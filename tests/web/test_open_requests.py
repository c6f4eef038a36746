"""Nobody holds more connections, streams and WebSockets than their share, over the real server."""

import asyncio
import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from chatbot.web import bodies, connections
from chatbot.web.open_requests import SHARE_OF_ADDRESS, OpenRequests
from chatbot.web.refusals import Refusal
from tests.door_server import DoorServer, OpenChat
from tests.stand_in import Reply

MOST = 20
SHARE = MOST // SHARE_OF_ADDRESS
HEAD_SECONDS = 0.3
_ADDRESSES = (f"203.0.113.{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("open") / "chatbot.db")
    patch = pytest.MonkeyPatch()
    # Read once, when the server is built.
    patch.setattr(connections.build_protocol, "__kwdefaults__", {"head_seconds": HEAD_SECONDS})
    with DoorServer(path, max_open_requests=MOST, trusted_proxies="127.0.0.1") as server:
        server.stand_in.default = Reply(text="Thank you.")
        yield server
    patch.undo()


@pytest.fixture
async def nothing_open(server: DoorServer) -> None:
    await until(lambda: server.site.open.total == 0)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.01)


def listen(chat: OpenChat, address: str) -> connect:
    url = f"ws://127.0.0.1:{chat.server.port}/api/chats/{chat.id}/events"
    headers = {"authorization": f"Bearer {chat.token}", "x-forwarded-for": address}
    return connect(url, additional_headers=headers)


def ring(server: DoorServer, address: str) -> connect:
    url = f"ws://127.0.0.1:{server.port}/api/bell"
    return connect(url, additional_headers={"x-forwarded-for": address})


async def open_sockets(
    stack: AsyncExitStack, chat: OpenChat, address: str, count: int
) -> list[ClientConnection]:
    return [await stack.enter_async_context(listen(chat, address)) for _ in range(count)]


def ask_health(server: DoorServer, address: str) -> httpx.Response:
    return server.call("GET", "/api/health", headers={"x-forwarded-for": address})


@pytest.mark.usefixtures("nothing_open")
async def test_one_address_holds_a_share_of_the_sockets(server: DoorServer) -> None:
    chat = await asyncio.to_thread(server.open_chat)
    address, other = next(_ADDRESSES), next(_ADDRESSES)
    async with AsyncExitStack() as stack:
        first, *_ = await open_sockets(stack, chat, address, SHARE)
        for refused in (listen(chat, address), ring(server, address)):
            with pytest.raises(InvalidStatus) as found:
                await stack.enter_async_context(refused)
            answer = found.value.response
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert json.loads(answer.body)["error"]["code"] == "too_many"
        # The address's other requests wait too, and nobody else's do.
        refused_too = await asyncio.to_thread(ask_health, server, address)
        assert (refused_too.status_code, refused_too.headers["retry-after"]) == (429, "30")
        await open_sockets(stack, chat, other, 1)
        assert (await asyncio.to_thread(ask_health, server, other)).status_code == 200
        await first.close()
        await until(lambda: server.site.open.total == SHARE)
        await open_sockets(stack, chat, address, 1)
    await until(lambda: server.site.open.total == 0)


@pytest.mark.usefixtures("nothing_open")
async def test_all_addresses_together_hold_no_more_than_there_is(server: DoorServer) -> None:
    chat = await asyncio.to_thread(server.open_chat)
    async with AsyncExitStack() as stack:
        for _ in range(SHARE_OF_ADDRESS):
            await open_sockets(stack, chat, next(_ADDRESSES), SHARE)
        with pytest.raises(InvalidStatus) as found:
            await stack.enter_async_context(listen(chat, next(_ADDRESSES)))
        assert found.value.response.status_code == 503
        answer = await asyncio.to_thread(ask_health, server, next(_ADDRESSES))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert answer.json()["error"]["code"] == "busy"
    await until(lambda: server.site.open.total == 0)


@pytest.mark.usefixtures("nothing_open")
async def test_streams_count_and_are_free_again_when_they_end(server: DoorServer) -> None:
    """One answer, followed by more streams of the same message than an address may have."""
    chat, address, go_on = await asyncio.to_thread(server.open_chat), next(_ADDRESSES), None
    go_on = threading.Event()
    server.stand_in.script(Reply(text="Thank you. I am glad to help.", go_on=go_on))
    headers = {
        "authorization": f"Bearer {chat.token}",
        "accept": "text/event-stream",
        "x-forwarded-for": address,
    }
    body = {"message": "Tell me.", "client_message_id": "same"}
    path = f"/api/chats/{chat.id}/messages"
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
        async with AsyncExitStack() as stack:
            for _ in range(SHARE):
                stream = client.stream("POST", path, json=body)
                answer = await stack.enter_async_context(stream)
                assert answer.status_code == 200
            assert (await client.post(path, json=body)).status_code == 429
            heartbeat = client.stream("GET", "/gradio_api/heartbeat/x")
            assert (await stack.enter_async_context(heartbeat)).status_code == 429
        # Whoever has gone away holds nothing.
        await until(lambda: server.site.open.total == 0)
        async with client.stream("GET", "/gradio_api/heartbeat/x") as beat:
            assert beat.status_code == 200
            assert server.site.open.total == 1
        go_on.set()
        await until(lambda: server.site.open.total == 0)
        assert (await client.post(path, json=body)).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET /api/health HTT", b"GET /api/health HTTP/1.1\r\nho"])
async def test_a_connection_that_asks_for_nothing_is_closed(
    server: DoorServer, sent: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect_and_ask(server: DoorServer) -> Connection:
    """A connection that rests after its first answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n")
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        await reader.readuntil(b"}")
    return reader, writer


async def test_a_second_request_that_never_ends_is_closed_too(server: DoorServer) -> None:
    reader, writer = await connect_and_ask(server)
    writer.write(b"GET /api/he")
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()


async def test_a_socket_that_only_listens_is_not_closed(server: DoorServer) -> None:
    chat = await asyncio.to_thread(server.open_chat)
    async with asyncio.timeout(30), listen(chat, next(_ADDRESSES)) as socket:
        opened = asyncio.get_running_loop().time()
        # Longer than a connection without a request may live.
        await until(lambda: asyncio.get_running_loop().time() - opened > 4 * HEAD_SECONDS)
        await socket.send(json.dumps({"event": "SEND_MESSAGE", "body": {}}))
        while json.loads(await socket.recv())["event"] != "ERROR":
            pass


async def test_more_connections_than_there_may_be_are_not_taken(server: DoorServer) -> None:
    most = connections.CONNECTIONS_PER_REQUEST * MOST
    opened: list[Connection] = []

    async def is_taken() -> bool:
        try:
            opened.append(await connect_and_ask(server))
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True

    while len(opened) <= most and await is_taken():
        pass
    assert 0 < len(opened) <= most
    _, writer = opened.pop()
    writer.close()
    async with asyncio.timeout(30):
        while not await is_taken():
            await asyncio.sleep(0.01)
    for _, writer in opened:
        writer.close()


def test_an_ipv6_customer_is_one_address() -> None:
    held = OpenRequests(2 * SHARE_OF_ADDRESS)
    with held.holding("2001:db8::1"), held.holding("2001:db8::2"):
        with pytest.raises(Refusal), held.holding("2001:db8::3"):
            pass
        with held.holding("2001:db8:0:1::1"):
            assert held.total == 3
    assert held.total == 0


def send_slowly(body: bytes, parts: int, pause: float) -> Iterator[bytes]:
    size = -(-len(body) // parts)
    for start in range(0, len(body), size):
        yield body[start : start + size]
        time.sleep(pause)


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds for a body, whatever its size."""
    monkeypatch.setattr(bodies, "SECONDS", 0.8)
    monkeypatch.setattr(bodies, "BYTES_PER_SECOND", 10**9)
    return bodies.SECONDS


@pytest.mark.usefixtures("nothing_open")
@pytest.mark.parametrize(
    "path", ["/api/chats", "/api/token", "/gradio_api/queue/join", "/fit/make", "/owner"]
)
def test_a_body_that_trickles_in_is_ended(
    server: DoorServer, path: str, short_patience: float
) -> None:
    is_form = path in ("/fit/make", "/owner")
    kind = "application/x-www-form-urlencoded" if is_form else "application/json"
    begun = time.monotonic()
    body = send_slowly(b" " * 60, parts=60, pause=0.1)
    answer = server.call("POST", path, content=body, headers={"content-type": kind})
    assert answer.status_code == 408
    assert answer.json()["error"]["code"] == "too_slow"
    assert short_patience <= time.monotonic() - begun < 5


@pytest.mark.usefixtures("nothing_open")
def test_an_answer_may_take_longer_than_the_body(server: DoorServer, short_patience: float) -> None:
    go_on = threading.Event()
    server.stand_in.script(Reply(text="Thank you. I am glad to help.", go_on=go_on))
    threading.Timer(2 * short_patience, go_on.set).start()
    body = send_slowly(b'{"question": "Which databases?"}', parts=3, pause=0.1)
    headers = {"content-type": "application/json"}
    answer = server.call("POST", "/api/chats", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert go_on.is_set()
