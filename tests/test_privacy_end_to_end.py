"""The running program: what a visitor typed anywhere is gone from the disk within a minute of the
erasure, and nobody's address is anywhere."""

import asyncio
import contextlib
import gc
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, select
from websockets.asyncio.client import connect

from chatbot.background import PROMISES_SECONDS
from chatbot.engine.visitor_chat import PageInfo
from chatbot.people.forms import ContactForm, new_form_id
from chatbot.services import Services
from chatbot.storage.database import DatabaseValues
from chatbot.storage.models import ChatSession, Erasure, Notification, SignInTries
from chatbot.storage.wiping import WAIT_MILLISECONDS
from tests.app_process import AppProcess
from tests.conftest import KINDS_AND_KEY
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.page_client import PageClient
from tests.people.test_erasing import dump
from tests.storage.test_wiping import dump_server, read_bytes

MARKER = "Zanzibarquartz9"
ADDRESS = "203.0.113.177"
# Less than 60 s by the pauses of the background work (see below); a loaded machine needs longer.
PATIENCE = 100.0


async def leave_everywhere(services: Services) -> Visitor:
    """A visitor who puts the marker wherever something can be typed."""
    visitor = await Visitor.arrive(services.chat)
    await visitor.ask(f"Does Mara know {MARKER}? My name is {MARKER}, {MARKER}@example.com")
    first = visitor.messages[0]
    visitor.view = await services.chat.edit(visitor.key, first.id, f"And what of {MARKER}?")
    await visitor.follow()
    answer = visitor.answer
    await services.chat.rate(visitor.key, answer.id, "down", reason=f"{MARKER} is wrong")
    form = ContactForm(
        email=f"{MARKER}@example.com",
        name=MARKER,
        company=MARKER,
        message=f"{MARKER}\nin two lines",
        has_consented=True,
        form_id=new_form_id(),
    )
    await services.chat.leave_contact(visitor.key, form)
    visitor.view = await services.chat.ask_for_human(visitor.key, f"About {MARKER}", "")
    visitor.view = await services.chat.ask_for_human(visitor.key, f"More of {MARKER}", "")
    return visitor


async def wait_until_wiped(services: Services) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(row.wiped_at is None for row in read_rows(services, Erasure)):
            await asyncio.sleep(0.2)


async def wait_until_sent(services: Services) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(row.status == "pending" for row in read_rows(services, Notification)):
            await asyncio.sleep(0.1)


def test_there_is_time_for_three_tries_within_a_minute() -> None:
    assert 3 * PROMISES_SECONDS + 3 * WAIT_MILLISECONDS / 1000 < 60


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database_values", KINDS_AND_KEY, indirect=True)
async def test_no_trace_is_left_while_the_program_runs_and_after(
    database_values: DatabaseValues,
) -> None:
    is_file = database_values.url.startswith("sqlite")
    is_plain = is_file and database_values.key is None
    async with running_services(make_settings(database_values)) as services:
        stays = await Visitor.arrive(services.chat)
        await stays.ask("Where did you study, asks Keepsake5?")
        visitor = await leave_everywhere(services)
        await wait_until_sent(services)
        if is_plain:
            assert read_bytes(database_values).lower().count(MARKER.lower().encode()) > 10
        assert dump(services.database).lower().count(MARKER.lower()) > 10
        await services.privacy.erase_visitor(visitor.view.token)
        assert MARKER.lower() not in dump(services.database).lower()
        await wait_until_wiped(services)
        if is_file:
            found = read_bytes(database_values)
            assert MARKER.lower().encode() not in found.lower()
            assert (b"Keepsake5" in found) == is_plain
        else:
            dumped = dump_server(database_values).lower()
            assert MARKER.lower() not in dumped
            assert "keepsake5" in dumped
        again = await services.chat.open_page(visitor.view.token, page=PageInfo())
        assert again.messages == ()
        assert again.token != visitor.view.token
    if is_file:
        assert MARKER.lower().encode() not in read_bytes(database_values).lower()


async def test_no_cache_of_the_program_remembers_the_words(sqlite_values: DatabaseValues) -> None:
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        # Made here, so that no constant of this test holds it.
        words = "quokka".join(["zan", "zi", "bar"])
        await visitor.ask(f"Tell me of {words}")
        token = visitor.view.token
        visitor.view = visitor.view.__class__(**{**vars(visitor.view), "messages": (), "chats": ()})
        await services.privacy.erase_visitor(token)
        await asyncio.sleep(0)
        gc.collect()
        holders = [kept for kept in gc.get_objects() if isinstance(kept, dict | list | tuple)]
        remembering = [
            kept
            for kept in holders
            if kept is not holders and any(_holds(value, words) for value in _values(kept))
        ]
        assert remembering == []


def _values(kept: object) -> list[object]:
    with contextlib.suppress(RuntimeError):
        return [*kept, *kept.values()] if isinstance(kept, dict) else list(kept)
    return []


def _holds(value: object, words: str) -> bool:
    return type(value) is str and words in value and value != words


async def test_an_answer_that_is_being_written_is_stopped_first(
    sqlite_values: DatabaseValues,
) -> None:
    stopped = []
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("Where did you study?")

        class Turns:
            async def stop_turn(self, conversation_id) -> bool:
                stopped.append((conversation_id, len(read_rows(services, ChatSession))))
                return True

        services.privacy._turns = Turns()
        await services.privacy.erase_visitor(visitor.view.token)
        assert stopped == [(visitor.view.conversation_id, 1)]
        assert read_rows(services, ChatSession) == []


@pytest.fixture
def owned_app(tmp_path: Path):
    settings = {"OWNER_PASSWORD": "the password of an owner", "LOG_LEVEL": "debug"}
    with AppProcess(tmp_path, settings) as app:
        yield app


async def test_no_address_is_stored_or_logged(owned_app: AppProcess) -> None:
    app, headers = owned_app, {"x-forwarded-for": ADDRESS}
    async with PageClient(app.url) as page:
        page.http.headers.update(headers)
        await page.open()
        async for _ in page.send("Where did you study?"):
            pass
        ticket = page.ticket
    async with httpx.AsyncClient(base_url=app.url, headers=headers) as http:
        for path in ("/nowhere", "/gradio_api/queue/data", "/api/me/export", "/privacy"):
            await http.get(path)
        await http.post("/owner", data={"password": "wrong"})
        await http.post("/gradio_api/queue/join", content=b"{broken")
        await http.post("/api/me/erase", headers={"authorization": "Bearer x"})
    address = f"{app.url.replace('http', 'ws')}/api/bell"
    for words in (ticket, "forged"):
        async with connect(address, additional_headers=headers) as socket:
            await socket.send(words)
    chats, tries = read_state(app)
    assert [len(hashed or "") for hashed in chats] == [64]
    assert len(tries) == 2
    app.stop()
    everything = app.log.encode() + read_bytes(DatabaseValues(app.database_url))
    assert ADDRESS.encode() not in everything


def read_state(app: AppProcess) -> tuple[list[str | None], list[str]]:
    from chatbot.storage.database import Database

    def work(session: Session) -> tuple[list[str | None], list[str]]:
        chats = session.exec(select(ChatSession.address_hash)).all()
        return list(chats), list(session.exec(select(SignInTries.source)).all())

    database = Database(DatabaseValues(app.database_url))
    try:
        return database.read_now(work)
    finally:
        database.close()
