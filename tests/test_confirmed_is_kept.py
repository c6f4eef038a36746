"""Every door by which a contact, an escalation or a call comes in waits until it is kept."""

import asyncio
import html
import re
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from mcp import Client

from chatbot.people import confirming
from chatbot.people.booking_desk import BookingDesk
from chatbot.people.confirming import NotConfirmed
from chatbot.storage.models import Booking, BookingStatus, Contact
from tests.door_server import DoorServer
from tests.fakes import read_rows

NOT_KEPT = NotConfirmed.user_message
WHO = {"name": "Ana Lima", "email": "ana@example.com"}


class Gate:
    """Copies that have everything, or nothing."""

    def __init__(self) -> None:
        self.has_all = False

    async def confirm(self, _seconds: float) -> bool:
        return self.has_all


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("kept") / "chatbot.db")
    with DoorServer(path) as server:
        yield server


@pytest.fixture(autouse=True)
def gate(served: DoorServer, monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(served.services.confirming, "_copies", gate)
    monkeypatch.setattr(confirming, "CHANNEL_SECONDS", 0.0)
    return gate


def is_not_kept(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and answer.json()["error"]["message"] == NOT_KEPT


def says_not_kept(page: httpx.Response) -> bool:
    return page.status_code == 503 and NOT_KEPT in html.unescape(page.text)


def find_start(served: DoorServer, number: int = 0) -> str:
    days = served.call("GET", "/api/slots").json()["days"]
    return [start for day in days for start in day["starts"]][number]


def book(served: DoorServer, gate: Gate) -> str:
    """The path of a call that is kept."""
    gate.has_all = True
    wish = {**WHO, "start": find_start(served), "consent": True}
    link = served.call("POST", "/api/bookings", json=wish).json()["link"]
    gate.has_all = False
    return str(link)


def fields_of(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: html.unescape(value) for name, value in found}


def test_a_contact_by_program(served: DoorServer, gate: Gate) -> None:
    wish = {"email": "ada@example.com", "consent": True}
    answer = served.call("POST", "/api/contacts", json=wish)
    assert is_not_kept(answer)
    assert answer.headers["retry-after"] == "5"
    gate.has_all = True
    assert served.call("POST", "/api/contacts", json=wish).status_code == 200
    emails = [row.email for row in read_rows(served.services, Contact)]
    assert emails.count("ada@example.com") == 1


async def test_a_contact_by_an_agent(served: DoorServer, gate: Gate) -> None:
    wish = {"email": "grace@example.com", "consent": True}
    async with Client(f"{served.url}/api/mcp") as agent:
        answer = await agent.call_tool("leave_contact", wish)
        assert answer.is_error
        assert NOT_KEPT in answer.content[0].text
        gate.has_all = True
        assert not (await agent.call_tool("leave_contact", wish)).is_error


def test_an_escalation_by_the_visitor_and_by_the_owner(served: DoorServer, gate: Gate) -> None:
    chat, owner = served.open_chat(), served.sign_in()
    assert is_not_kept(chat.call("POST", "/escalate", json={"message": "Please call"}))
    assert is_not_kept(chat.call("POST", "/escalate", token=owner))
    gate.has_all = True
    for token in (chat.token, owner):
        assert chat.call("POST", "/escalate", token=token).json()["escalation"] == "open"


def test_a_call_by_program(served: DoorServer, gate: Gate) -> None:
    chat = served.open_chat()
    wish: dict[str, Any] = {**WHO, "start": find_start(served), "client_key": "k" * 12}
    assert is_not_kept(served.call("POST", "/api/bookings", chat.token, json=wish))
    gate.has_all = True
    kept = served.call("POST", "/api/bookings", chat.token, json=wish)
    assert (kept.status_code, kept.json()["starts_at"]) == (201, wish["start"])


def test_a_call_by_the_page(served: DoorServer, gate: Gate) -> None:
    with served.client() as browser:
        form = {**fields_of(browser.get("/book")), "start": find_start(served)}
        held = browser.post("/book/hold", data=form, follow_redirects=True)
        sent = {**fields_of(held), **WHO, "topic": "A role"}
        refused = browser.post("/book/confirm", data=sent)
        assert says_not_kept(refused)
        assert "A role" in refused.text
        gate.has_all = True
        again = browser.post("/book/confirm", data={**sent, **fields_of(refused)})
        assert again.headers["location"].endswith("?news=booked")
        shown = browser.get(again.headers["location"])
        assert "Your call is booked" in shown.text


def test_a_call_that_is_moved_and_cancelled(served: DoorServer, gate: Gate) -> None:
    path = book(served, gate)
    with served.client() as browser:
        start = {"start": find_start(served, 9)}
        assert says_not_kept(browser.post(f"{path}/move", data=start))
        gate.has_all = True
        moved = browser.post(f"{path}/move", data=start)
        assert moved.headers["location"] == f"{path}?news=moved"
        gate.has_all = False
        assert says_not_kept(browser.post(f"{path}/cancel"))
        gate.has_all = True
        assert browser.post(f"{path}/cancel").headers["location"] == path


def test_a_call_that_the_owner_cancels(served: DoorServer, gate: Gate) -> None:
    book(served, gate)
    desk = BookingDesk(served.services.calls, database=served.services.database)
    [call] = [
        row
        for row in read_rows(served.services, Booking)
        if row.status == BookingStatus.BOOKED and row.email == WHO["email"]
    ][-1:]
    with pytest.raises(NotConfirmed):
        asyncio.run(desk.cancel(call.id))
    gate.has_all = True
    assert asyncio.run(desk.cancel(call.id)) is False
