"""Who may do what, continued: a visitor with another visitor's ids, at every event and route.

The tables are those of tests/test_authorization.py: what is not listed there fails there, and what
is listed is tried here.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chatbot.storage.models import Conversation, Escalation, JobDescription, Message, Question
from tests.door_server import DoorServer
from tests.fakes import read_rows
from tests.page_client import PageClient
from tests.security.doors import words_of
from tests.test_authorization import (
    EVENTS,
    OPEN_WAYS,
    PUBLIC,
    ROUTES,
    WAYS,
    Caller,
    Served,
    name_of,
)

SECRET = "zanzibarsecret"
# What a program would send; without it a route would refuse the body before it asks whose it is.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/chats/{chat_id}/messages"): {"message": "Hi", "client_message_id": "a"},
    ("POST", "/api/chats/{chat_id}/fit"): {"job_description": "Engineer\n- Python\n- SQL\n"},
    ("POST", "/api/chats/{chat_id}/feedback"): {"message_id": "ANSWER", "value": "up"},
    ("POST", "/api/chats/{chat_id}/escalate"): {"message": "Come"},
    ("POST", "/api/questions/{question_id}/answer"): {"answer": "Yes."},
}
# What a visitor's own token opens, of that visitor; another's never.
OWN = {("GET", "/api/chats"), ("POST", "/api/me/export"), ("POST", "/api/me/erase")}
OWNERS = re.compile(r"(GET|POST) /api/(analytics/|questions$|questions/\{)|DELETE /api/token$")


@dataclass
class Scene:
    """A visitor who has asked something, and another one who knows every id of theirs."""

    server: DoorServer
    victim: PageClient
    thief: PageClient
    # A third visitor's token, whose data may be erased.
    spare: str

    @property
    def served(self) -> Served:
        return Served(self.server.url, self.server.site)

    @property
    def rows(self) -> list[str]:
        """All that is stored of the victim's chat."""
        key = uuid.UUID(self.victim.conversation_id)
        services = self.server.services
        found = [row for row in read_rows(services, Conversation) if row.id == key]
        for table in (Message, Escalation, JobDescription, Question):
            found += [row for row in read_rows(services, table) if row.conversation_id == key]
        return [repr(row.model_dump()) for row in found]

    @property
    def ids(self) -> dict[str, str]:
        """The ids that the thief has come to know."""
        key = uuid.UUID(self.victim.conversation_id)
        rows = read_rows(self.server.services, Message)
        asked, answer = [str(row.id) for row in rows if row.conversation_id == key][:2]
        return {"chat_id": str(key), "question_id": answer, "ASKED": asked, "ANSWER": answer}

    def values(self, do: str, *, is_edit: bool) -> dict[str, str]:
        """What the thief's page sends: their own token, and everything else of the victim's."""
        chat, asked = self.ids["chat_id"], self.ids["ASKED"]
        target = chat if do in ("open", "door") else asked
        return {
            "token": self.thief.token,
            "conversation-id": chat,
            "message-id": self.victim.message_id,
            "ticket": self.victim.ticket,
            "form-id": str(self.victim.state.values["form-id"]),
            "edit-id": asked if is_edit else "",
            "action": json.dumps({"do": do, "id": target, "text": "fit"}),
            "contact-email": "thief@example.com",
            "human-note": "Come",
        }


@pytest.fixture(scope="module")
def scene(sqlite_template, tmp_path_factory) -> Iterator[Scene]:
    path = tmp_path_factory.mktemp("between") / "chatbot.db"
    path.write_bytes(sqlite_template.read_bytes())
    with DoorServer(path, rate_limits="off") as server, asyncio.Runner() as runner:
        victim, thief = PageClient(server.url), PageClient(server.url)
        for page in (victim, thief):
            runner.run(page.open())
        runner.run(victim.ask(f"What do you know of the plan named {SECRET}?"))
        scene = Scene(server, victim, thief, server.open_chat().token)
        assert any(SECRET in row for row in scene.rows)
        yield scene
        for page in (victim, thief):
            runner.run(page.close())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name, who in EVENTS.items() if who == PUBLIC])
def test_no_event_does_anything_with_anothers_ids(scene: Scene, name: str, way: str) -> None:
    before = scene.rows
    events = {key: fn for key, fn in scene.served.page.fns.items() if name_of(fn) == name}
    event_id, fn = next(iter(events.items()))
    parts = [_part(component) for component in fn.inputs]
    deeds = ("open", "door", "retry", "go-on", "good") if "action" in parts else ("open",)
    for session in (scene.thief.session_hash, scene.victim.session_hash):
        for do in deeds:
            values = scene.values(do, is_edit=do == "open")
            data = [values.get(part, "Show it") for part in parts]
            caller = Caller(scene.server.url, session)
            status, words = caller.call(way, event_id, fn, data=data)
            assert status == (200 if way in OPEN_WAYS else 404)
            assert SECRET not in words
            assert scene.victim.token not in words
    assert scene.rows == before


def _part(component: Any) -> str:
    is_token = type(component).__name__ == "BrowserState"
    return "token" if is_token else str(component.elem_id or "")


# The WebSocket of another's chat is tried in tests/security/test_isolation_at_the_doors.py.
@pytest.mark.parametrize(("method", "path"), sorted(key for key in ROUTES if key[0] != "WEBSOCKET"))
def test_no_route_opens_anything_with_anothers_ids(scene: Scene, method: str, path: str) -> None:
    before, ids = scene.rows, scene.ids
    body = json.loads(json.dumps(BODIES.get((method, path), {})).replace("ANSWER", ids["ANSWER"]))
    address = re.sub(r"\{(\w+).*?\}", lambda found: ids.get(found[1], ids["chat_id"]), path)
    is_own = (method, path) in OWN
    token = scene.spare if path == "/api/me/erase" else scene.thief.token
    if "{chat_id}" in path:
        expected = 404
    elif OWNERS.match(f"{method} {path}") and (method, path) != ("POST", "/api/questions"):
        expected = 403
    else:
        expected = 200 if is_own else ROUTES[method, path][0]
    response = scene.server.call(method, address, token, **({"json": body} if body else {}))
    assert response.status_code == expected
    words = f"{response.headers} {words_of(response)}"
    assert SECRET not in words
    assert scene.victim.token not in words
    assert scene.rows == before
