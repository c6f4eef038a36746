"""The whole program with SNAPSHOT_STORE: told to stop, restored on an empty disk, drilled.

Its store is slow: one shipment is on its way for longer than anything that the end has to wait for.
"""

import asyncio
import shutil
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from chatbot.errors import ChatbotError, StartupError
from chatbot.services import build_services
from chatbot.serving import bind
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Contact, Escalation, Message
from tests.app_process import ROOT, AppProcess, find_free_port
from tests.fakes import Visitor, list_rows, make_settings, running_services
from tests.page_client import PageClient
from tests.stand_in import Reply, StandIn
from tests.storage.copies.parts import wait_until

KEY = "a passphrase of the owner"
PASSWORD = "correct horse battery"
EXIT_SECONDS = 10.0
# Short sentences that claim nothing: each is shown as soon as it is whole.
SLOW = """
import time
import app
from pathlib import Path
from chatbot import foundations
from chatbot.storage.copies.stores import DirectoryStore

class SlowStore(DirectoryStore):
    def put(self, name, content):
        time.sleep(2)
        super().put(name, content)

foundations.open_store = lambda address, token: SlowStore(Path(address))
app.main()
"""
STORY = " ".join(["Please look at this.", "And then look again."] * 1000)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    with StandIn() as stand_in:
        stand_in.default = Reply(text=STORY, tokens_per_second=100)
        app = AppProcess(
            folder,
            {
                "SNAPSHOT_STORE": str(folder / "store"),
                "DATABASE_KEY": KEY,
                "OWNER_PASSWORD": PASSWORD,
                "SECRET_KEY": "a secret key that outlives every disk of this test",
                "OPENAI_API_KEY": "none",
                "OPENAI_BASE_URL": stand_in.base_url,
                "PYTHONPATH": str(ROOT),
            },
            command=(sys.executable, "-c", SLOW),
        )
        app.start()
        yield app
        app.kill()


def read_rows(app: AppProcess) -> dict[str, list]:
    database = Database(DatabaseValues(app.database_url, KEY))
    try:
        return {
            table.__name__: list_rows(database, table) for table in (Message, Contact, Escalation)
        }
    finally:
        database.close()


async def visit_until_told_to_stop(app: AppProcess) -> tuple[str, float]:
    """A visitor leaves a contact, asks for the owner, and is being answered when it stops."""
    async with PageClient(app.url) as page:
        await page.open()
        await page.press("contact-send", **{"contact-email": "ada@example.com"})
        await page.press("human-ask", **{"human-note": "please"})
        token = page.token
        async for state in page.send("Tell me the long story."):
            if len(state.answer) > 300:
                break
        begun = time.monotonic()
        await asyncio.to_thread(app.stop)
        return token, time.monotonic() - begun


def test_a_stop_ships_what_was_said_and_an_empty_disk_gets_it_back(program):
    token, seconds = asyncio.run(visit_until_told_to_stop(program))
    assert seconds < EXIT_SECONDS
    before = read_rows(program)
    shutil.rmtree(program.data_dir)
    program.start()
    assert "database restored" in program.log
    after = read_rows(program)
    assert [row.email for row in after["Contact"]] == ["ada@example.com"]
    assert len(after["Escalation"]) == 1
    assert [(m.id, m.content) for m in after["Message"]] == [
        (m.id, m.content) for m in before["Message"]
    ]
    answer = next(row for row in after["Message"] if row.role == "assistant")
    assert answer.status == "interrupted"
    assert STORY.startswith(answer.content)
    assert len(answer.content) > 300

    async def come_back() -> list[tuple[str, str]]:
        async with PageClient(program.url, token=token) as page:
            return (await page.open()).messages

    assert any("long story" in text for _, text in asyncio.run(come_back()))


async def test_a_store_that_hangs_holds_up_no_end(sqlite_values, tmp_path, monkeypatch):
    monkeypatch.setattr("chatbot.services.END_SECONDS", 0.3)
    monkeypatch.setattr("chatbot.services.LAST_SHIPMENT_SECONDS", 0.2)
    settings = make_settings(sqlite_values, snapshot_store=str(tmp_path / "store"))
    services = build_services(settings)
    await services.start()
    put, go_on = services.copies._store.put, threading.Event()

    def hang(name: str, content: bytes) -> None:
        go_on.wait()
        put(name, content)

    monkeypatch.setattr(services.copies._store, "put", hang)
    await Visitor.arrive(services.chat)
    try:
        await asyncio.wait_for(services.stop(), 60)
    finally:
        go_on.set()
    assert services.copies.state().pending_age is not None


async def test_a_program_that_leads_again_takes_turns_and_works_again(sqlite_values, tmp_path):
    settings = make_settings(sqlite_values, snapshot_store=str(tmp_path / "store"))
    async with running_services(settings) as services:
        visitor = await Visitor.arrive(services.chat)
        await asyncio.wrap_future(services.copies._on_step_down())
        with pytest.raises(ChatbotError, match="restarting"):
            await visitor.ask("What does she do?")
        assert all(task.done() for task in services.background._tasks)
        services.copies._lead_again(services.copies._shipper.writer)
        await asyncio.sleep(0)
        assert (await visitor.ask("What does she do?")).status == "done"
        assert not any(task.done() for task in services.background._tasks)


def test_the_port_is_closed_until_the_data_is_there(sqlite_values):
    port = find_free_port()
    with bind(make_settings(sqlite_values, host="127.0.0.1", port=port)) as listener:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        with pytest.raises(StartupError), socket.create_server(("127.0.0.1", 0)) as other:
            bind(make_settings(sqlite_values, host="127.0.0.1", port=other.getsockname()[1]))
        listener.listen()
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_without_a_store_nothing_of_it_is_loaded():
    program = (
        "import sys, app, chatbot.site\n"
        "heavy = ('copies.copies', 'copies.shipper', 'copies.hub_stores')\n"
        "sys.exit(any(f'chatbot.storage.{name}' in sys.modules for name in heavy))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_the_owner_is_told_how_the_copies_stand(program):
    with httpx.Client(base_url=program.url, follow_redirects=True) as client:
        client.post("/owner", data={"password": PASSWORD})
        wait_until(lambda: client.get("/api/health").json()["copies"]["last_snapshot_seconds"], 30)
        health = client.get("/api/health").json()
    assert health["risk"] == ""
    assert health["copies"]["store"] == "folder"


def test_a_drill_beside_the_program_proves_the_copy(program):
    done = subprocess.run(
        [sys.executable, "-m", "chatbot.restore_drill"],
        cwd=ROOT,
        env=program.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "rows are those of the database" in done.stdout, done.stderr
    with httpx.Client(base_url=program.url, follow_redirects=True) as client:
        client.post("/owner", data={"password": PASSWORD})
        assert client.get("/api/health").json()["copies"]["last_drill_ok"] is True
