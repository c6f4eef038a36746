"""What comes up the bell's socket, and the owner's bell, which opens for the owner only."""

import asyncio
import contextlib
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chatbot.web import bell_route
from chatbot.web.bell_route import BellCallers, build_bell_router
from chatbot.web.live import LiveBell, Ticket
from chatbot.web.origins import Origins

CHAT = uuid.UUID("0190b2c1-0000-7000-8000-00000000000a")


class Callers:
    """Notes what it is told; `is_owner` goes by a cookie, while the owner is signed in."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.is_signed_in = True

    async def visitor_types(self, session_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        self.heard.append(("visitor", session_id, conversation_id))

    async def owner_types(self, conversation_id: uuid.UUID) -> None:
        self.heard.append(("owner", conversation_id))

    async def note_seen(self) -> None:
        self.heard.append(("seen",))

    async def is_owner(self, headers: Mapping[str, str]) -> bool:
        return self.is_signed_in and headers.get("cookie") == "owner=yes"

    async def wait_for(self, *expected: tuple[object, ...]) -> None:
        async with asyncio.timeout(10):
            while self.heard != list(expected):
                await asyncio.sleep(0.01)


@pytest.fixture
def callers() -> Callers:
    return Callers()


@pytest.fixture
def bell() -> LiveBell:
    return LiveBell(secret_key="k" * 32, ping_seconds=0.1)


@pytest.fixture
def address(bell: LiveBell, callers: Callers) -> Iterator[str]:
    told = BellCallers(typing=callers, note_seen=callers.note_seen, is_owner=callers.is_owner)
    app = FastAPI()
    app.include_router(build_bell_router(bell, Origins(), told))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"ws://127.0.0.1:{port}/api/bell"
    server.should_exit = True
    thread.join()


@contextlib.asynccontextmanager
async def open_owner_page(
    bell: LiveBell, address: str, cookie: str = "owner=yes"
) -> AsyncIterator[ClientConnection]:
    async with connect(address, additional_headers={"cookie": cookie}) as socket:
        await socket.send(bell.make_owner_ticket())
        yield socket


async def next_news(socket: ClientConnection) -> str:
    """The next frame that is no ping."""
    async with asyncio.timeout(10):
        while (frame := str(await socket.recv())) == "0":
            pass
    return frame


async def wait_for_page(bell: LiveBell, session_id: uuid.UUID | None) -> None:
    async with asyncio.timeout(10):
        while not bell.open_pages(session_id):
            await asyncio.sleep(0.01)


async def test_the_owners_page_hears_which_conversation_and_who_types(
    bell: LiveBell, address: str
) -> None:
    async with open_owner_page(bell, address) as socket:
        await wait_for_page(bell, None)
        bell.ring_owner(CHAT)
        assert await next_news(socket) == f"1:{CHAT}"
        bell.ring_owner()
        assert await next_news(socket) == "1"
        bell.tell_visitor_typing(CHAT)
        assert await next_news(socket) == f"t:{CHAT}"


async def test_a_flood_of_rings_becomes_one_that_says_read_everything(bell: LiveBell) -> None:
    with bell.listening(Ticket(None, "")) as listener:
        assert listener is not None
        for _ in range(500):
            bell.ring_owner(uuid.uuid4())
        await asyncio.sleep(0)
        frames = await listener.next_frames()
    assert frames[0] == "1"
    assert len(frames) <= 50


@pytest.mark.parametrize("cookie", ["", "owner=no"])
async def test_an_owners_ticket_opens_nothing_without_the_sign_in(
    bell: LiveBell, address: str, cookie: str
) -> None:
    async with open_owner_page(bell, address, cookie) as socket:
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 10)
    assert bell.open_pages(None) == 0


async def test_the_owners_bell_ends_with_the_sign_in(
    bell: LiveBell, address: str, callers: Callers
) -> None:
    async with open_owner_page(bell, address) as socket:
        await wait_for_page(bell, None)
        callers.is_signed_in = False
        with pytest.raises(ConnectionClosed):
            await next_news(socket)


async def test_a_visitors_ticket_is_no_owners(bell: LiveBell, address: str) -> None:
    session_id = uuid.uuid4()
    async with connect(address, additional_headers={"cookie": "owner=yes"}) as socket:
        await socket.send(bell.make_ticket(session_id, "p"))
        await wait_for_page(bell, session_id)
        assert bell.open_pages(None) == 0
    owner = bell.read_ticket(bell.make_owner_ticket())
    assert owner is not None
    assert owner.session_id is None


async def test_without_an_owner_there_is_no_owners_bell(bell: LiveBell) -> None:
    assert BellCallers().is_owner is None
    other = LiveBell(secret_key="x" * 32)
    assert other.read_ticket(bell.make_owner_ticket()) is None


async def test_a_page_says_that_somebody_writes(
    bell: LiveBell, address: str, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell_route, "_FRAME_SECONDS", 3600.0)
    session_id = uuid.uuid4()
    async with connect(address) as socket:
        await socket.send(bell.make_ticket(session_id, "p"))
        # What no page sends is ignored, and so is what comes faster than pages send it.
        for frame in ("s", "x", f"r:{CHAT}", f"t:{CHAT}", f"t:{CHAT}"):
            await socket.send(frame)
        await callers.wait_for(("visitor", session_id, CHAT))
    async with open_owner_page(bell, address) as socket:
        await socket.send(f"t:{CHAT}")
        await socket.send("s")
        await callers.wait_for(("visitor", session_id, CHAT), ("owner", CHAT), ("seen",))


async def test_a_sign_without_an_id_is_ignored(
    bell: LiveBell, address: str, callers: Callers
) -> None:
    async with open_owner_page(bell, address) as socket:
        await socket.send("t:not an id")
        await socket.send("s")
        await callers.wait_for(("seen",))
