"""On every door: the id of each error is in the log, and nothing that is sent forges a line."""

import asyncio
import io
import json
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect

from chatbot.engine.program_chat import ProgramChat
from chatbot.logs import JsonLines
from chatbot.storage.database import Database
from tests.door_server import DoorServer, OpenChat
from tests.page_client import PageClient
from tests.stand_in import Reply

FORGED = '\n{"level": "error", "event": "forged"}\r\n\x1b[31m{"event": "forged"}\u202eforged'
REFERENCE = re.compile(r"Reference ([0-9a-f]{8})")
SECRET = "secret_column"
Log = Callable[[], list[dict]]


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("ids") / "chatbot.db")
    with DoorServer(path) as server:
        server.stand_in.default = Reply(text="Thank you.")
        yield server


@pytest.fixture
def log() -> Iterator[Log]:
    """What the program logs meanwhile, as it writes it; a line that is no JSON fails."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    logging.getLogger("chatbot").setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger("chatbot").setLevel(logging.NOTSET)
    logging.getLogger().removeHandler(handler)


@contextmanager
def broken_database() -> Iterator[None]:
    """Meanwhile every statement fails as one does that the database cannot carry out."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read_now", "write_now"):
            work = getattr(Database, name)
            patch.setattr(Database, name, lambda self, _, work=work: work(self, _fail))
        yield


def _fail(session) -> None:
    session.execute(text(f"SELECT {SECRET} FROM nowhere"))


def find(log: Log, error_id: str) -> dict:
    """The one line with this id."""
    [line] = [line for line in log() if line.get("error_id") == error_id]
    return line


def check_refused(log: Log, answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    line = find(log, answer.json()["error"]["id"])
    assert (line["level"], line["status"]) == ("info", status)
    assert line["code"] == answer.json()["error"]["code"]
    assert (line["method"], line["path"]) == (answer.request.method, answer.request.url.path)


def check_failed(log: Log, error_id: str, said: str, error: str) -> None:
    line = find(log, error_id)
    assert (line["level"], line["error"]) == ("error", error)
    assert SECRET not in said


def test_every_refusal_of_the_api_is_in_the_log(server: DoorServer, log: Log) -> None:
    chat = server.open_chat()
    check_refused(log, server.call("GET", "/api/nothing"), 404)
    check_refused(log, server.call("GET", "/nothing"), 404)
    check_refused(log, server.call("GET", "/api/mcp"), 405)
    check_refused(log, server.call("GET", f"/api/chats/{chat.id}"), 401)
    check_refused(log, chat.call("GET", token="made-up"), 404)
    check_refused(log, chat.call("POST", "/messages", json={"message": 1}), 422)
    check_refused(log, chat.call("POST", "/messages", content=b"x" * 70_000), 413)
    check_refused(log, chat.call("GET", "/messages?limit=no"), 422)
    check_refused(log, server.call("GET", "/api/analytics/overview", chat.token), 403)
    foreign = {"origin": "https://evil.example"}
    check_refused(log, server.call("POST", "/api/chats", json={}, headers=foreign), 403)
    check_refused(log, server.call("POST", "/gradio_api/queue/join", content=b"no json"), 400)
    chat.call("POST", "/deactivate")
    check_refused(log, chat.ask("Hello?", "a"), 409)


def test_every_failure_of_the_api_is_in_the_log_with_its_cause(
    server: DoorServer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = server.open_chat()
    with broken_database():
        for answer, error in (
            (chat.call("GET"), "NotLoaded"),
            (server.call("POST", "/api/chats", json={}), "NotLoaded"),
            (server.call("POST", "/api/me/export", chat.token), "NotLoaded"),
        ):
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            check_failed(log, answer.json()["error"]["id"], answer.text, error)
            line = find(log, answer.json()["error"]["id"])
            assert line["cause"]["error"] == "OperationalError"

    async def crash(*_: object, **__: object) -> None:
        raise LookupError(SECRET)

    monkeypatch.setattr(ProgramChat, "list_messages", crash)
    answer = chat.call("GET", "/messages")
    assert answer.status_code == 500
    check_failed(log, answer.json()["error"]["id"], answer.text, "LookupError")


def test_a_stream_that_fails_midway_says_so_with_its_id(server: DoorServer, log: Log) -> None:
    chat, go_on = server.open_chat(), threading.Event()
    server.stand_in.script(Reply(text="Thank you. I am glad to help.", go_on=go_on))
    body = {"message": "Tell me.", "client_message_id": "a"}
    with (
        server.client(chat.token, accept="text/event-stream") as client,
        client.stream("POST", f"/api/chats/{chat.id}/messages", json=body) as answer,
    ):
        pieces = answer.iter_text()
        first = next(pieces)
        with pytest.MonkeyPatch.context() as patch:
            # The answer itself is stored: what fails is to read it again for this caller.
            patch.setattr(ProgramChat, "finish", lambda *_: server.services.database.read(_fail))
            go_on.set()
            told = first + "".join(pieces)
    name, data = told.strip().split("\n\n")[-1].split("\n")
    assert name == "event: error"
    error_id = json.loads(data.removeprefix("data: "))["error"]["id"]
    check_failed(log, error_id, told, "NotLoaded")


async def test_what_the_page_shows_is_in_the_log(server: DoorServer, log: Log) -> None:
    async with PageClient(server.url) as page:
        await page.open()
        shown = []
        with broken_database():
            shown.append((await page.press("ring")).error)
            shown.append((await page.ask("Hello?")).error)
            contact = {"contact-email": "ana@example.com", "contact-consent": True}
            state = await page.press("contact-send", **contact)
            shown.append(str(state.values["contact-answer"]))
            state = await page.press("human-ask", **{"human-note": "Please come."})
            shown.append(str(state.values["human-answer"]))
        for words in shown:
            [error_id] = REFERENCE.findall(words)
            assert find(log, error_id)["error"] in ("NotLoaded", "NotSaved")
            assert SECRET not in words
        # What a visitor can change themselves needs no reference.
        page.conversation_id = "forged"
        assert "Reference" not in (await page.ask("Hello?")).error


async def send_frame(chat: OpenChat, frame: str) -> dict:
    """The ERROR that comes back for a frame."""
    address = f"ws://127.0.0.1:{chat.server.port}/api/chats/{chat.id}/events"
    headers = {"authorization": f"Bearer {chat.token}"}
    async with asyncio.timeout(30), connect(address, additional_headers=headers) as socket:
        await socket.recv()
        with broken_database():
            await socket.send(frame)
            while (answer := json.loads(await socket.recv()))["event"] != "ERROR":
                pass
    return answer["body"]


async def test_what_a_websocket_is_told_is_in_the_log(server: DoorServer, log: Log) -> None:
    chat = await asyncio.to_thread(server.open_chat)
    refused = await send_frame(chat, "no json")
    line = find(log, refused["id"])
    assert (line["status"], line["method"]) == (422, "WEBSOCKET")
    assert line["path"] == f"/api/chats/{chat.id}/events"
    body = {"message": "Hello?", "client_message_id": "a"}
    failed = await send_frame(chat, json.dumps({"event": "SEND_MESSAGE", "body": body}))
    check_failed(log, failed["id"], str(failed), "NotLoaded")

    async def crash(*_: object, **__: object) -> None:
        raise LookupError(SECRET)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProgramChat, "send", crash)
        failed = await send_frame(chat, json.dumps({"event": "SEND_MESSAGE", "body": body}))
    assert failed["code"] == "internal"
    check_failed(log, failed["id"], str(failed), "LookupError")


def call_tool(server: DoorServer, name: str, **arguments: str) -> httpx.Response:
    call = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accept = {"accept": "application/json, text/event-stream"}
    return server.call("POST", "/api/mcp", json=body, headers=accept)


def test_what_an_agent_is_told_is_in_the_log(server: DoorServer, log: Log) -> None:
    told = call_tool(server, "ask", question="Hello?", chat_id="no chat", token="x").text
    [error_id] = REFERENCE.findall(told)
    assert find(log, error_id)["status"] == 404
    with broken_database():
        told = call_tool(server, "ask", question="Hello?").text
    [error_id] = REFERENCE.findall(told)
    check_failed(log, error_id, told, "NotLoaded")

    async def crash(*_: object, **__: object) -> None:
        raise LookupError(SECRET)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProgramChat, "ask", crash)
        told = call_tool(server, "ask", question="Hello?").text
    [error_id] = REFERENCE.findall(told)
    check_failed(log, error_id, told, "LookupError")
    refused = server.call("POST", "/api/mcp", content=b"x")
    if refused.headers["content-type"].startswith("application/json") and "error" in refused.json():
        assert "Traceback" not in refused.text


async def test_no_field_of_any_door_forges_a_line(server: DoorServer, log: Log) -> None:
    chat = await asyncio.to_thread(server.open_chat)

    def send_everywhere() -> None:
        bodies = {
            "/api/chats": ("question", "job_description", "client_message_id"),
            f"/api/chats/{chat.id}/messages": ("message", "client_message_id"),
            f"/api/chats/{chat.id}/escalate": ("reason", "message"),
            f"/api/chats/{chat.id}/feedback": ("message_id", "value", "reason"),
            f"/api/chats/{chat.id}/fit": ("job_description",),
            "/api/contacts": ("email", "name", "phone", "company", "notes"),
            "/api/questions": ("question",),
            "/api/bookings": ("start", "email", "name", "topic", "time_zone", "client_key"),
            "/api/token": ("password",),
        }
        for path, fields in bodies.items():
            for filled in (fields, *((field,) for field in fields)):
                body = {"consent": True, "email": "ana@example.com", "name": "Ana"}
                known = {name: value for name, value in body.items() if name in fields}
                server.call("POST", path, chat.token, json=known | dict.fromkeys(filled, FORGED))
            server.call("POST", path, chat.token, json={FORGED: FORGED})
            server.call("POST", path, chat.token, content=FORGED.encode())
        for name in ("ask", "fit", "availability", "leave_contact", FORGED):
            names = ("question", "job_description", "chat_id", "token", "time_zone", "email")
            call_tool(server, name, **dict.fromkeys(names, FORGED))
            call_tool(server, name, question=FORGED)
        for path in ("/api/chats", "/api/slots", "/api/questions", "/book", "/fit"):
            server.call("GET", path, params=dict.fromkeys(("search", "time_zone", "key"), FORGED))
        server.call("GET", f"/api/%0A{FORGED.encode().hex()}%1b%5b31m%0d%0a%7b%7d")
        server.call("GET", "/nothing", headers={"user-agent": r"forged \n", "referer": "forged"})

    await asyncio.to_thread(send_everywhere)
    await send_frame(chat, json.dumps({"event": FORGED, "body": FORGED}) + FORGED)
    for body in ({"message": FORGED, "client_message_id": FORGED}, {FORGED: FORGED}):
        await send_frame(chat, json.dumps({"event": "SEND_MESSAGE", "body": body}))
    async with PageClient(server.url) as page:
        await page.open()
        await page.ask(FORGED)
        page.conversation_id = page.message_id = page.ticket = FORGED
        await page.ask(FORGED)
        await page.act(FORGED, FORGED, FORGED)
    lines = log()
    assert len(lines) > 50
    for line in lines:
        assert {"time", "level", "event", "logger"} <= set(line)
        assert "forged" not in line["event"]
        assert "\x1b" not in json.dumps(line)
