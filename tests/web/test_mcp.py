"""The MCP server with the SDK's own client, over real HTTP."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client

from chatbot.storage.models import ChatSession, Contact
from chatbot.web.mcp_tools import NO_CALLS
from tests.door_server import DoorServer
from tests.fakes import read_rows
from tests.stand_in import Reply

JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
TOOLS = {"ask", "fit", "availability", "leave_contact"}


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("mcp") / "chatbot.db")
    with DoorServer(path, public_url="https://me.example") as server:
        server.stand_in.default = Reply(text="I know PostgreSQL well [S1].")
        yield server


def connect(server: DoorServer) -> Client:
    return Client(f"{server.url}/api/mcp")


async def test_an_agent_finds_the_tools_and_none_of_the_owners(server: DoorServer) -> None:
    async with connect(server) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == TOOLS
        assert all(tool.description for tool in tools)
        assert (await client.list_prompts()).prompts == []
        assert (await client.list_resources()).resources == []


async def test_an_agent_asks_and_goes_on_in_the_same_chat(server: DoorServer) -> None:
    async with connect(server) as client:
        first = (await client.call_tool("ask", {"question": "Databases?"})).structured_content
        assert first["answer"] == "I know PostgreSQL well [1]."
        assert [source["number"] for source in first["sources"]] == [1]
        assert first["sources"][0]["passage"]
        chat = {"chat_id": first["chat_id"], "token": first["token"]}
        again = (await client.call_tool("ask", {"question": "More?", **chat})).structured_content
        assert again["chat_id"] == first["chat_id"]
        read = server.call("GET", f"/api/chats/{first['chat_id']}", first["token"]).json()
        assert (read["messages"], read["channel"]) == (4, "mcp")
        forged = await client.call_tool("ask", {"question": "x", **chat, "token": "made-up"})
        assert forged.is_error
        assert "no such chat" in forged.content[0].text
    [last] = [row for row in read_rows(server.services, ChatSession) if row.channel == "mcp"]
    assert last.address_hash is not None


async def test_an_agent_lists_times_and_leaves_a_contact(server: DoorServer) -> None:
    async with connect(server) as client:
        times = await client.call_tool("availability", {"time_zone": "Europe/Berlin"})
        found = times.structured_content
        assert found["time_zone"] == "Europe/Berlin"
        assert found["days"][0]["starts"]
        assert found["book_at"] == "https://me.example/book"
        details = {"email": "Bo@Example.com", "name": "Bo", "consent": True}
        left = await client.call_tool("leave_contact", details)
        assert left.structured_content == {"email": "bo@example.com", "consent": True}
        wrong = await client.call_tool("leave_contact", {"email": "nobody", "consent": True})
        assert wrong.is_error
    assert [row.name for row in read_rows(server.services, Contact)] == ["Bo"]


async def test_what_is_not_set_up_says_so(server: DoorServer, monkeypatch) -> None:
    chats = len(read_rows(server.services, ChatSession))
    async with connect(server) as client:
        monkeypatch.setattr(type(server.services.calls), "address", "")
        times = await client.call_tool("availability", {})
        assert times.is_error
        assert NO_CALLS in times.content[0].text
    assert len(read_rows(server.services, ChatSession)) == chats


async def test_a_fault_inside_says_nothing_of_itself(server: DoorServer, monkeypatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("secret-canary")

    monkeypatch.setattr(type(server.services.chat), "send", break_down)
    async with connect(server) as client:
        answer = await client.call_tool("ask", {"question": "Databases?"})
    assert answer.is_error
    assert "canary" not in str(answer)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{", JSON),
        (b"[]", JSON),
        (b"", JSON),
        (b"\xff\xfe", JSON),
        (b'{"jsonrpc": "2.0", "id": 1}', JSON),
        (b"x", {"content-type": "text/plain"}),
        (b"{}", {"content-type": "application/json", "accept": "text/html"}),
        (b"{}", {**JSON, "mcp-protocol-version": "1999-01-01"}),
        (b'{"x": "' + b"y" * 70_000 + b'"}', JSON),
    ],
)
def test_a_bad_request_is_answered_with_json_and_all_headers(
    server: DoorServer, body: bytes, headers: dict[str, str]
) -> None:
    with server.client() as client:
        answer = client.post("/api/mcp", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/json")
    assert set(answer.json()["error"]) >= {"code", "message"}
    assert "Traceback" not in answer.text
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
        assert name in answer.headers


def test_other_methods_are_refused_and_foreign_pages_too(server: DoorServer) -> None:
    for method in ("GET", "DELETE"):
        answer = server.call(method, "/api/mcp")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    with server.client() as client:
        foreign = client.post("/api/mcp", content=b"{}", headers={**JSON, "origin": "https://x.y"})
    assert foreign.status_code == 403


def test_the_start_does_not_load_the_sdk() -> None:
    """It takes more than a second, and gradio would load it for itself."""
    code = (
        "import sys, json; import chatbot.web.mcp; "
        "from chatbot.ui.gradio_settings import prepare_gradio; prepare_gradio(); "
        "import gradio; before = sorted(m for m in sys.modules if m.split('.')[0] == 'mcp'); "
        "import mcp; print(json.dumps(before))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
