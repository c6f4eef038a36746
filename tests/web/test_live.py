import asyncio
import contextlib
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatbot.storage.signals import Signal, SignalKind
from chatbot.web.bell_route import build_bell_router
from chatbot.web.live import LiveBell
from chatbot.web.origins import Origins

SESSION = uuid.UUID("0190b2c1-0000-7000-8000-000000000001")


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@contextlib.contextmanager
def serve(bell: LiveBell) -> Iterator[str]:
    app = FastAPI()
    app.include_router(build_bell_router(bell, Origins(frozenset({"https://me.example"}))))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"ws://127.0.0.1:{port}/api/bell"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def bell() -> LiveBell:
    return LiveBell(secret_key="k" * 32, ping_seconds=0.2)


@pytest.fixture(scope="module")
def address(bell: LiveBell) -> Iterator[str]:
    with serve(bell) as served:
        yield served


@contextlib.asynccontextmanager
async def open_page(
    bell: LiveBell, address: str, session_id: uuid.UUID, page: str = "p"
) -> AsyncIterator[ClientConnection]:
    before = bell.open_pages(session_id)
    async with connect(address) as socket:
        await socket.send(bell.make_ticket(session_id, page))
        async with asyncio.timeout(5):
            while bell.open_pages(session_id) == before:
                await asyncio.sleep(0.01)
        yield socket


async def frames(socket: ClientConnection, *, seconds: float) -> list[str]:
    seen = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                seen.append(str(await socket.recv()))
    return seen


async def test_a_ring_reaches_every_page_of_the_session_and_no_other(
    bell: LiveBell, address: str
) -> None:
    mine, other = uuid.uuid4(), uuid.uuid4()
    async with (
        open_page(bell, address, mine, "a") as first,
        open_page(bell, address, mine, "b") as second,
        open_page(bell, address, other, "c") as stranger,
    ):
        bell.ring(mine)
        assert "1" in await frames(first, seconds=0.3)
        assert "1" in await frames(second, seconds=0.1)
        assert "1" not in await frames(stranger, seconds=0.1)


async def test_a_burst_of_rings_is_one_call_to_read(bell: LiveBell, address: str) -> None:
    session_id = uuid.uuid4()
    async with open_page(bell, address, session_id) as socket:
        for _ in range(50):
            bell.ring(session_id)
        assert 1 <= (await frames(socket, seconds=0.15)).count("1") <= 2


async def test_idle_pages_are_pinged(bell: LiveBell, address: str) -> None:
    async with open_page(bell, address, uuid.uuid4()) as socket:
        assert (await frames(socket, seconds=0.5)).count("0") >= 1


async def test_a_closed_page_is_forgotten(bell: LiveBell, address: str) -> None:
    session_id = uuid.uuid4()
    async with open_page(bell, address, session_id):
        assert bell.open_pages(session_id) == 1
    async with asyncio.timeout(5):
        while bell.open_pages(session_id):
            await asyncio.sleep(0.01)


async def test_a_foreign_page_is_refused_before_it_is_heard(address: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, origin="https://evil.example")
    assert refused.value.response.status_code == 403


async def test_an_allowed_page_may_listen(bell: LiveBell, address: str) -> None:
    async with connect(address, origin="https://me.example") as socket:
        await socket.send(bell.make_ticket(uuid.uuid4(), "p"))
        assert "0" in await frames(socket, seconds=0.5)


@pytest.mark.parametrize("frame", ["", "nonsense", "a|b|c|d", "x" * 5000, b"\x00\xff"])
async def test_a_page_without_a_ticket_is_sent_away(address: str, frame: str | bytes) -> None:
    async with connect(address) as socket:
        await socket.send(frame)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


async def test_a_long_frame_ends_the_connection(bell: LiveBell, address: str) -> None:
    async with open_page(bell, address, uuid.uuid4()) as socket:
        await socket.send("x" * 4097)
        with pytest.raises(ConnectionClosed):
            await frames(socket, seconds=5)


async def test_a_session_has_a_bounded_number_of_pages(bell: LiveBell, address: str) -> None:
    session_id = uuid.uuid4()
    async with contextlib.AsyncExitStack() as stack:
        for number in range(20):
            await stack.enter_async_context(open_page(bell, address, session_id, str(number)))
        socket = await stack.enter_async_context(connect(address))
        await socket.send(bell.make_ticket(session_id, "one too many"))
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


async def test_a_page_that_follows_hears_only_what_came_after_its_last_view(
    bell: LiveBell, address: str
) -> None:
    session_id = uuid.uuid4()
    ticket = bell.make_ticket(session_id, "a")
    async with open_page(bell, address, session_id, "a") as socket:
        with bell.following(ticket, "a") as seen:
            bell.ring(session_id)
            seen(time.monotonic())
        assert "1" not in await frames(socket, seconds=0.1)
        with bell.following(ticket, "a"):
            bell.ring(session_id)
        assert "1" in await frames(socket, seconds=0.3)


async def test_a_ring_that_comes_while_a_view_is_read_is_delivered(bell: LiveBell) -> None:
    session_id = uuid.uuid4()
    ticket = bell.make_ticket(session_id, "a")
    known = bell.read_ticket(ticket)
    assert known is not None
    with bell.listening(known) as listener:
        assert listener is not None
        with bell.following(ticket, "a") as seen:
            begun = time.monotonic()
            bell.ring(session_id)
            seen(begun)
        assert await asyncio.wait_for(listener.next_frames(), 5) == ["1"]


async def test_another_page_cannot_be_silenced(bell: LiveBell, address: str) -> None:
    session_id = uuid.uuid4()
    async with open_page(bell, address, session_id, "a") as socket:
        stolen = bell.make_ticket(uuid.uuid4(), "a")
        with bell.following(stolen, "a"), bell.following("forged", "a"):
            bell.ring(session_id)
            assert "1" in await frames(socket, seconds=0.3)


def test_a_ticket_names_its_session_and_page() -> None:
    bell = LiveBell(secret_key="k" * 32)
    ticket = bell.read_ticket(bell.make_ticket(SESSION, "page-1"))
    assert ticket is not None
    assert (ticket.session_id, ticket.page) == (SESSION, "page-1")


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "1" + t, lambda t: t.upper()])
def test_a_changed_ticket_opens_nothing(change: object) -> None:
    bell = LiveBell(secret_key="k" * 32)
    assert callable(change)
    assert bell.read_ticket(change(bell.make_ticket(SESSION, "p"))) is None


def test_a_ticket_of_another_key_opens_nothing() -> None:
    ticket = LiveBell(secret_key="a" * 32).make_ticket(SESSION, "p")
    assert LiveBell(secret_key="b" * 32).read_ticket(ticket) is None


def test_a_ticket_holds_for_a_day() -> None:
    clock = Clock()
    bell = LiveBell(secret_key="k" * 32, clock=clock)
    ticket = bell.make_ticket(SESSION, "p")
    clock.now += 86_399
    assert bell.read_ticket(ticket) is not None
    clock.now += 2
    assert bell.read_ticket(ticket) is None


def test_a_ring_without_open_pages_is_nothing() -> None:
    LiveBell(secret_key="k" * 32).ring(SESSION)


async def test_what_one_bell_is_asked_to_ring_the_bells_of_other_processes_ring_too():
    here, there = LiveBell(secret_key="k" * 32), LiveBell(secret_key="k" * 32)
    here.tell_others = there.hear
    session_id, conversation_id = uuid.uuid4(), uuid.uuid4()
    visitor = there.read_ticket(here.make_ticket(session_id, "p"))
    owner = there.read_ticket(here.make_owner_ticket())
    with there.listening(visitor) as at_visitor, there.listening(owner) as at_owner:
        here.ring(session_id)
        assert await at_visitor.next_frames() == ["1"]
        here.ring(uuid.uuid4())
        here.tell_owner_typing(session_id, conversation_id)
        assert await at_visitor.next_frames() == [f"t:{conversation_id}"]
        here.ring_owner(conversation_id)
        here.ring_owner()
        here.tell_visitor_typing(conversation_id)
        await asyncio.sleep(0)
        assert await at_owner.next_frames() == [
            f"1:{conversation_id}",
            "1",
            f"t:{conversation_id}",
        ]


async def test_a_bell_that_hears_another_one_does_not_pass_it_on():
    bell, passed_on = LiveBell(secret_key="k" * 32), []
    bell.tell_others = passed_on.append
    bell.hear(Signal(SignalKind.RING, session_id=uuid.uuid4()))
    bell.hear(Signal(SignalKind.STOP, conversation_id=uuid.uuid4(), reason="stopped"))
    assert passed_on == []


async def test_all_pages_are_rung_when_something_may_have_been_missed():
    bell = LiveBell(secret_key="k" * 32)
    visitor = bell.read_ticket(bell.make_ticket(uuid.uuid4(), "p"))
    owner = bell.read_ticket(bell.make_owner_ticket())
    with bell.listening(visitor) as at_visitor, bell.listening(owner) as at_owner:
        bell.hear(Signal(SignalKind.RING_ALL))
        assert await at_visitor.next_frames() == await at_owner.next_frames() == ["1"]
