"""The WebSocket of a chat, with an independent client, over the real server."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatbot.doors import build_program_chat
from chatbot.web import chat_socket
from chatbot.web.chat_socket import SocketTimes
from tests.chat_listener import SECONDS, Socket, open_socket
from tests.door_server import DoorServer, OpenChat
from tests.stand_in import Reply


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("socket") / "chatbot.db")
    patch = pytest.MonkeyPatch()
    # Read once, when the site is built.
    patch.setattr(chat_socket, "SocketTimes", lambda: SocketTimes(hello=0.5, ping=0.4, idle=2.0))
    with DoorServer(path) as server:
        yield server
    patch.undo()


@pytest.fixture(scope="module")
def owner(server: DoorServer) -> str:
    return server.sign_in()


@pytest.fixture(autouse=True)
def say(server: DoorServer) -> None:
    server.stand_in.default = Reply(text="I know PostgreSQL.")


@asynccontextmanager
async def listen(chat: OpenChat, token: str | None = None, **hello: str) -> AsyncIterator[Socket]:
    token = chat.token if token is None else token
    async with open_socket(chat.server.url, chat.id, token, **hello) as socket:
        yield socket


async def in_thread(work, *arguments, **options):
    return await asyncio.to_thread(work, *arguments, **options)


async def test_a_program_asks_and_hears_the_answer_grow(server: DoorServer) -> None:
    chat = server.open_chat()
    server.stand_in.default = Reply(
        text="Thank you. I am glad to help. Please go on.", tokens_per_second=15
    )
    async with listen(chat) as socket:
        await socket.until("STATUS", answering=False)
        await socket.send("SEND_MESSAGE", message="Tell me.", client_message_id="a")
        answer = await socket.until("NEW_MESSAGE", sender="ai")
        deltas = socket.named("DELTA")
        await socket.until("STATUS", answering=False)
    assert [m["sender"] for m in socket.named("NEW_MESSAGE")] == ["user", "ai"]
    assert set(answer) >= {"id", "sender", "content", "timestamp"}
    assert answer["content"] == "Thank you. I am glad to help. Please go on."
    assert len(deltas) > 1
    assert "".join(delta["text"] for delta in deltas) == answer["content"]
    assert {delta["id"] for delta in deltas} == {answer["id"]}
    assert [delta["offset"] for delta in deltas][:2] == [0, len(deltas[0]["text"])]
    assert {"status": "active", "answering": True} in socket.named("STATUS")


async def test_two_sockets_hear_the_same_and_a_repeat_is_one_message(server: DoorServer) -> None:
    chat = server.open_chat()
    async with listen(chat) as one, listen(chat) as two:
        await one.until("STATUS")
        await two.until("STATUS")
        for socket in (one, two):
            await socket.send("SEND_MESSAGE", message="Hello?", client_message_id="same")
        first = await one.until("NEW_MESSAGE", sender="ai")
        assert await two.until("NEW_MESSAGE", sender="ai") == first
    assert (await in_thread(chat.call, "GET")).json()["messages"] == 2


async def test_a_reader_goes_on_after_the_last_message_that_it_has_seen(
    server: DoorServer,
) -> None:
    chat = await in_thread(server.open_chat, "First?")
    async with listen(chat) as socket:
        await socket.until("STATUS")
        assert socket.named("NEW_MESSAGE") == []
    seen = (await in_thread(chat.call, "GET", "/messages")).json()["messages"]
    await in_thread(chat.ask, "Second?", "b")
    async with listen(chat, after=seen[-1]["id"]) as socket:
        await socket.until("STATUS")
    messages = (await in_thread(chat.call, "GET", "/messages")).json()["messages"]
    assert [m["id"] for m in socket.named("NEW_MESSAGE")] == [m["id"] for m in messages[2:]]
    async with listen(chat, after=seen[0]["id"]) as socket:
        await socket.until("STATUS")
    assert socket.named("NEW_MESSAGE") == messages[1:]


async def test_a_reader_in_the_middle_of_an_answer_gets_all_of_it(server: DoorServer) -> None:
    chat = await in_thread(server.open_chat)
    go_on = threading.Event()
    text = "Thank you. Slow words. They take a while. Please wait."
    server.stand_in.default = Reply(text=text, go_on=go_on)
    async with listen(chat) as first:
        await first.until("STATUS")
        await first.send("SEND_MESSAGE", message="Go.", client_message_id="a")
        await first.until("DELTA")
        async with listen(chat) as late:
            await late.until("DELTA")
            go_on.set()
            answer = await late.until("NEW_MESSAGE", sender="ai")
    assert "".join(delta["text"] for delta in late.named("DELTA")) == answer["content"]
    assert answer["content"] == text


async def test_floor_and_escalation_are_told(server: DoorServer, owner: str) -> None:
    chat = await in_thread(server.open_chat, "Hello?")
    async with listen(chat) as visitor, listen(chat, owner) as person:
        assert await visitor.until("FLOOR") == {"floor": "bot"}
        await person.until("STATUS")
        await in_thread(chat.call, "POST", "/escalate")
        assert await visitor.until("ESCALATED") == {"status": "open"}
        await visitor.until("STATUS", status="escalated")
        await person.send("SEND_MESSAGE", message="I am here.", client_message_id="o")
        said = await visitor.until("NEW_MESSAGE", sender="owner")
        assert said["content"] == "I am here."
        assert visitor.named("FLOOR")[-1] == {"floor": "owner"}
        await visitor.send("SEND_MESSAGE", message="Great.", client_message_id="v")
        heard = await person.until("NEW_MESSAGE", content="Great.")
        assert heard["sender"] == "user"


async def test_what_cannot_be_sent_is_an_error_and_the_socket_goes_on(server: DoorServer) -> None:
    chat = await in_thread(server.open_chat)
    async with listen(chat) as socket:
        await socket.until("STATUS")
        for frame in ("not json", "[]", "[" * 20_000):
            await socket.connection.send(frame)
            assert (await socket.until("ERROR"))["code"] == "bad_request"
        await socket.send("SEND_MESSAGE", message="No id")
        assert "client_message_id" in (await socket.until("ERROR"))["message"]
        await socket.send("SEND_MESSAGE", message="   ", client_message_id="empty")
        assert (await socket.until("ERROR"))["client_message_id"] == "empty"
        await socket.send("SEND_MESSAGE", message="Hello?", client_message_id="a")
        await socket.until("NEW_MESSAGE", sender="ai")


async def close_code(socket: Socket) -> int:
    async with asyncio.timeout(SECONDS):
        try:
            while True:
                await socket.connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code


async def test_only_who_may_read_the_chat_listens(server: DoorServer, owner: str) -> None:
    chat, other = [await in_thread(server.open_chat, "Hello?") for _ in range(2)]
    forged = owner[:-3] + "AAA"
    for token in (other.token, "made-up", "", forged):
        async with listen(chat, token) as socket:
            assert await close_code(socket) == 1008
        assert socket.events == []


async def test_a_program_may_bring_its_token_as_a_header(server: DoorServer) -> None:
    chat = await in_thread(server.open_chat, "Hello?")
    messages = (await in_thread(chat.call, "GET", "/messages")).json()["messages"]
    address = f"ws://127.0.0.1:{server.port}/api/chats/{chat.id}/events?after={messages[0]['id']}"
    async with connect(address, additional_headers={"authorization": f"Bearer {chat.token}"}) as c:
        socket = Socket(c)
        await socket.until("STATUS")
        assert [m["id"] for m in socket.named("NEW_MESSAGE")] == [messages[1]["id"]]
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, additional_headers={"authorization": "Bearer made-up"}):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_page_is_refused_before_the_socket_opens(
    server: DoorServer, origin: str
) -> None:
    chat = await in_thread(server.open_chat)
    address = f"ws://127.0.0.1:{server.port}/api/chats/{chat.id}/events"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, origin=origin):
            pass
    assert refused.value.response.status_code == 403
    async with connect(address, origin=server.url):
        pass


async def test_long_binary_silent_and_wordless_sockets_are_closed(server: DoorServer) -> None:
    chat = await in_thread(server.open_chat)
    async with listen(chat) as socket:
        await socket.until("STATUS")
        await socket.connection.send("x" * (64 * 1024 + 1))
        assert await close_code(socket) == 1009
    async with listen(chat) as socket:
        await socket.connection.send(b"\x00")
        assert await close_code(socket) == 1003
    async with listen(chat) as silent:
        assert await close_code(silent) == 1001
    address = f"ws://127.0.0.1:{server.port}/api/chats/{chat.id}/events"
    async with connect(address) as connection:
        assert await close_code(Socket(connection)) == 1008


async def test_a_chat_that_is_erased_and_a_sign_in_that_ends_close_the_socket(
    server: DoorServer,
) -> None:
    chat = await in_thread(server.open_chat, "Hello?")
    token = await in_thread(server.sign_in)
    async with listen(chat, token) as person:
        await person.until("STATUS")
        await in_thread(server.call, "DELETE", "/api/token", token)
        assert await close_code(person) == 1008
    async with listen(chat) as visitor:
        await visitor.until("STATUS")
        assert (await in_thread(chat.call, "DELETE")).status_code == 204
        assert await close_code(visitor) == 1008
    assert build_program_chat(server.services).get_live(chat.id) is None
