"""MAX_TURNS_IN_FLIGHT over real HTTP: who comes when all places are taken is answered in limited
mode on every door, and a place is free again however the turn that had it ends.

The answers that take the places are held by the model's stand-in until a test lets them go.
"""

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from websockets.asyncio.client import connect

from chatbot.llm.breaker import Breaker
from tests.door_server import DoorServer, OpenChat
from tests.page_client import PageClient
from tests.stand_in import Fault, Reply

PLACES = 2
ANSWER = "Thank you. I am glad to help. Please go on."
QUESTION = "Which databases?"
SECONDS = 60


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("places") / "chatbot.db")
    with DoorServer(path, max_turns_in_flight=PLACES) as server:
        server.stand_in.default = Reply(text=ANSWER)
        yield server


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


class Held:
    """Chats whose answers the model has begun and does not end."""

    def __init__(self, server: DoorServer, pool: ThreadPoolExecutor, count: int) -> None:
        self.go_on = threading.Event()
        begun = len(server.stand_in.requests) + count
        server.stand_in.script(*[Reply(text=ANSWER, go_on=self.go_on) for _ in range(count)])
        self.chats = [server.open_chat() for _ in range(count)]
        self.answers: list[Future[httpx.Response]] = [
            pool.submit(chat.ask, QUESTION, "held") for chat in self.chats
        ]
        wait_until(lambda: len(server.stand_in.requests) == begun)


@contextmanager
def held(server: DoorServer, count: int = PLACES) -> Iterator[Held]:
    with ThreadPoolExecutor(count) as pool:
        taken = Held(server, pool, count)
        try:
            yield taken
        finally:
            taken.go_on.set()


def ask(server: DoorServer, chat: OpenChat | None = None) -> bool:
    """Asks over REST; returns whether the answer was made without a model."""
    answer = (chat or server.open_chat()).ask(QUESTION, "asked")
    assert answer.status_code == 200, answer.text
    reply = answer.json()["reply"]
    assert reply["status"] == "done"
    return bool(reply["limited"])


def ask_for_events(server: DoorServer) -> bool:
    events = server.open_chat().ask(QUESTION, "e", headers={"accept": "text/event-stream"}).text
    name, data = events.strip().split("\n\n")[-1].split("\n")
    assert name == "event: done"
    return bool(json.loads(data.removeprefix("data: "))["message"]["limited"])


def ask_as_agent(server: DoorServer) -> bool:
    call = {"name": "ask", "arguments": {"question": QUESTION}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accept = {"accept": "application/json, text/event-stream"}
    answer = server.call("POST", "/api/mcp", json=body, headers=accept).json()
    return bool(answer["result"]["structuredContent"]["limited"])


async def ask_on_page(server: DoorServer) -> bool:
    async with PageClient(server.url) as page:
        await page.open()
        state = await page.ask(QUESTION)
        assert state.answer
        return "Limited mode" in state.messages[-1][1]


async def ask_over_socket(server: DoorServer) -> bool:
    chat = await asyncio.to_thread(server.open_chat)
    address = f"ws://127.0.0.1:{server.port}/api/chats/{chat.id}/events"
    headers = {"authorization": f"Bearer {chat.token}"}
    body = {"message": QUESTION, "client_message_id": "a"}
    async with asyncio.timeout(SECONDS), connect(address, additional_headers=headers) as socket:
        await socket.send(json.dumps({"event": "SEND_MESSAGE", "body": body}))
        while True:
            frame = json.loads(await socket.recv())
            if frame["event"] == "NEW_MESSAGE" and frame["body"]["sender"] == "ai":
                return bool(frame["body"]["limited"])


async def ask_everywhere(server: DoorServer) -> dict[str, bool]:
    """Whether the answer on each door was made without a model."""
    return {
        "page": await ask_on_page(server),
        "rest": await asyncio.to_thread(ask, server),
        "events": await asyncio.to_thread(ask_for_events, server),
        "socket": await ask_over_socket(server),
        "mcp": await asyncio.to_thread(ask_as_agent, server),
    }


async def test_beyond_the_limit_every_door_answers_in_limited_mode(server: DoorServer) -> None:
    with held(server) as taken:
        asked = len(server.stand_in.requests)
        limited = await ask_everywhere(server)
        assert limited == dict.fromkeys(limited, True)
        assert len(server.stand_in.requests) == asked
        taken.go_on.set()
        answers = [answer.result(SECONDS).json()["reply"] for answer in taken.answers]
    # Who had a place is answered by the model, to the end.
    assert [(reply["content"], reply["limited"]) for reply in answers] == [(ANSWER, False)] * PLACES
    limited = await ask_everywhere(server)
    assert limited == dict.fromkeys(limited, False)


def test_one_place_that_is_free_is_given_to_one(server: DoorServer) -> None:
    with held(server, PLACES - 1):
        assert ask(server) is False
        # It has given its place back, too.
        assert ask(server) is False
        with held(server, 1):
            assert ask(server) is True


def check_all_are_free(server: DoorServer) -> None:
    """Exactly as many turns as there are places get one."""
    with held(server, PLACES - 1):
        assert ask(server) is False
    with held(server, PLACES):
        assert ask(server) is True


@pytest.mark.parametrize("fault", ["401", "500", "reset", "bad_json", "unknown_tool"])
def test_a_turn_that_fails_gives_its_place_back(
    server: DoorServer, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A model that fails often is asked no more for a while: here it always is.
    monkeypatch.setattr(Breaker, "_open", lambda *_: None)
    with monkeypatch.context() as patch:
        patch.setattr(server.stand_in, "default", Fault(fault))
        asked = len(server.stand_in.requests)
        for _ in range(PLACES + 1):
            assert server.open_chat().ask(QUESTION, "fails").status_code == 200
        assert len(server.stand_in.requests) > asked + PLACES
    check_all_are_free(server)


def test_a_turn_that_is_stopped_gives_its_place_back(server: DoorServer) -> None:
    with held(server) as taken:
        for chat in taken.chats:
            assert chat.call("POST", "/deactivate").status_code == 200
        stopped = [answer.result(SECONDS).json()["reply"] for answer in taken.answers]
        assert {reply["status"] for reply in stopped} == {"interrupted"}
        # The model's answers are still held: it is the stop that freed their places.
        assert ask(server) is False
    check_all_are_free(server)


def test_a_turn_that_the_owner_takes_over_gives_its_place_back(server: DoorServer) -> None:
    owner = server.sign_in()
    with held(server) as taken:
        for chat in taken.chats:
            said = chat.ask("I take over.", "owner", token=owner)
            assert said.status_code == 200
        assert ask(server) is False
    check_all_are_free(server)


async def test_a_turn_whose_client_disappears_keeps_its_place_until_its_end(
    server: DoorServer,
) -> None:
    go_on = threading.Event()
    begun = len(server.stand_in.requests)
    server.stand_in.script(*[Reply(text=ANSWER, go_on=go_on) for _ in range(PLACES)])
    chat = await asyncio.to_thread(server.open_chat)
    body = {"message": QUESTION, "client_message_id": "gone"}

    def begin_and_leave() -> None:
        with (
            server.client(chat.token, accept="text/event-stream") as client,
            client.stream("POST", f"/api/chats/{chat.id}/messages", json=body) as answer,
        ):
            next(answer.iter_text())

    page = PageClient(server.url)
    try:
        await asyncio.to_thread(begin_and_leave)
        await page.open()
        async for state in page.send(QUESTION):
            if state.answer:
                break
        await page.close()
        assert len(server.stand_in.requests) == begun + PLACES
        assert await asyncio.to_thread(ask, server) is True
    finally:
        go_on.set()
    for left in (chat, OpenChat(server, page.conversation_id, page.token)):
        await asyncio.to_thread(wait_until, lambda left=left: last_answer(left) == (ANSWER, "done"))
    await asyncio.to_thread(check_all_are_free, server)


def last_answer(chat: OpenChat) -> tuple[str, str]:
    last = chat.call("GET", "/messages").json()["messages"][-1]
    return last["content"], last["status"]
