"""The pages around calls as a browser without a script asks for them, over the whole site."""

import html
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from chatbot.engine.visitor_chat import ChatKey, PageInfo
from chatbot.people.forms import ContactForm, new_form_id
from chatbot.people.sessions import Arrival, arrive
from chatbot.services import Services, build_services
from chatbot.site import build_site
from chatbot.storage.database import DatabaseValues
from chatbot.storage.models import Booking, Contact, EmailMessage, Notification
from tests.fakes import make_settings, read_rows

HOSTILE = "<script>alert(1)</script>\"'><b>x</b>"
ALWAYS = {"call_hours": "Mon-Sun 00:00-24:00", "call_notice_hours": 1, "time_zone": "Europe/Berlin"}
MAIL = {"email_url": "resend://re_canary:me@example.org"}


@dataclass
class Served:
    services: Services
    site: Any


def serve(template: Path, folder: Path, **settings: Any) -> Iterator[Served]:
    path = shutil.copy(template, folder / "chatbot.db")
    made = make_settings(DatabaseValues(f"sqlite:///{path}"), **{**ALWAYS, **settings})
    services = build_services(made)
    yield Served(services, build_site(made, services))
    services.database.close()


@pytest.fixture(scope="module")
def mailing(sqlite_template, tmp_path_factory) -> Iterator[Served]:
    yield from serve(sqlite_template, tmp_path_factory.mktemp("mailing"), **MAIL)


@pytest.fixture(scope="module")
def silent(sqlite_template, tmp_path_factory) -> Iterator[Served]:
    yield from serve(sqlite_template, tmp_path_factory.mktemp("silent"))


def connect(served: Served) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=served.site)
    return httpx.AsyncClient(transport=transport, base_url="https://mara.example")


@pytest.fixture
async def client(silent: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(silent) as client:
        yield client


@pytest.fixture
async def mail_client(mailing: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(mailing) as client:
        yield client


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def starts_of(page: str) -> list[str]:
    return re.findall(r'name="start" value="(\d{4}-\d\d-\d\dT\d\d:\d\dZ)"', page)


async def hold(client: httpx.AsyncClient, pick: int = 0) -> tuple[str, dict[str, str]]:
    """The page with the form, and what it carries."""
    page = (await client.get("/book?zone=America/New_York")).text
    form = {**fields_of(page), "start": starts_of(page)[pick]}
    answer = await client.post("/book/hold", data=form)
    assert answer.status_code == 303
    shown = (await client.get(answer.headers["location"])).text
    return shown, fields_of(shown)


async def book(client: httpx.AsyncClient, **values: str) -> str:
    """The path of a booked call."""
    _, form = await hold(client)
    who = {
        "name": "Ana Lima",
        "email": f"ana-{uuid.uuid4().hex[:8]}@example.com",
        "topic": "A role",
    }
    answer = await client.post("/book/confirm", data={**form, **who, **values})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def test_a_call_is_booked_moved_and_cancelled_by_plain_forms(client, silent):
    shown, form = await hold(client)
    assert "Held for you until" in shown
    answer = await client.post(
        "/book/confirm", data={**form, "name": "Ana", "email": "ana@example.com", "topic": HOSTILE}
    )
    path = answer.headers["location"].split("?")[0]
    page = await client.get(answer.headers["location"])
    assert "Your call is booked" in page.text
    assert "This page sends no e-mail" in page.text
    assert "New York" in page.text
    moves = await client.get(f"{path}/move")
    start = starts_of(moves.text)[5]
    asked = await client.get(f"{path}/move", params={"start": start})
    assert "Move the call?" in asked.text
    moved = await client.post(f"{path}/move", data=fields_of(asked.text))
    assert moved.headers["location"] == f"{path}?news=moved"
    calendar = Calendar.from_ical((await client.get(f"{path}/call.ics")).text)
    [event] = calendar.walk("VEVENT")
    assert f"{event.decoded('dtstart'):%Y-%m-%dT%H:%MZ}" == start
    assert event["sequence"] == 1
    await client.post(f"{path}/cancel")
    assert "This call was cancelled" in (await client.get(path)).text
    assert "METHOD:CANCEL" in (await client.get(f"{path}/call.ics")).text
    [row] = [row for row in read_rows(silent.services, Booking) if row.email == "ana@example.com"]
    assert (row.status, row.topic, row.time_zone) == ("cancelled", HOSTILE, "America/New_York")
    told = [
        note.payload["news"]
        for note in read_rows(silent.services, Notification)
        if note.payload["booking_id"] == str(row.id)
    ]
    assert told == ["booked", "moved", "cancelled"]


async def test_a_get_changes_nothing(client, silent):
    path = await book(client)
    before = read_rows(silent.services, Booking)
    start = starts_of((await client.get(f"{path}/move")).text)[3]
    for address in (path, f"{path}/move", f"{path}/move?start={start}", f"{path}/call.ics"):
        assert (await client.get(address)).status_code == 200
    for address in (f"{path}/cancel", f"{path}/code", "/book/confirm", "/book/hold"):
        assert (await client.get(address)).status_code in (404, 405)
    assert read_rows(silent.services, Booking) == before


async def test_what_was_typed_stays_and_what_to_change_stands_beside_it(client, silent):
    _, form = await hold(client)
    typed = {"name": HOSTILE, "email": "nobody", "topic": HOSTILE, "consent": "yes"}
    answer = await client.post("/book/confirm", data={**form, **typed})
    assert answer.status_code == 422
    assert "<script>" not in answer.text.split("</head>")[1]
    assert "<b>x" not in answer.text
    assert 'id="email-error"' in answer.text
    assert html.escape(HOSTILE) in answer.text
    assert 'name="consent" value="yes" checked' in answer.text
    assert not [row for row in read_rows(silent.services, Contact) if row.name == HOSTILE]


async def test_consent_is_not_ticked_and_is_kept_when_it_is(client, silent):
    shown, _ = await hold(client)
    assert "checked" not in shown
    await book(client, email="agreed@example.com", consent="yes")
    await book(client, email="silent@example.com")
    consent = {row.email: row.consent_at for row in read_rows(silent.services, Contact)}
    assert consent["agreed@example.com"] is not None
    assert consent["silent@example.com"] is None


async def test_two_visitors_on_one_time_and_a_double_click(client, silent):
    _, form = await hold(client)
    other = {**form, "key": "", "client": "another"}
    taken = await client.post("/book/hold", data=other)
    assert taken.status_code == 409
    assert "not free any more" in taken.text
    who = {**form, "name": "Bo", "email": "bo@example.com"}
    answers = [await client.post("/book/confirm", data=who) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    again = await client.post("/book/hold", data=form)
    assert again.headers["location"].startswith("/call/")
    rows = [row for row in read_rows(silent.services, Booking) if row.email == "bo@example.com"]
    assert len(rows) == 1


async def test_a_visitor_of_the_chat_books_in_their_own_name_and_sees_their_call(client, silent):
    services = silent.services
    view = await services.chat.open_page(None, page=PageInfo(page="p"))
    key = await services.calls.make_key(view.token, str(view.conversation_id))
    page = (await client.get("/book", params={"key": key})).text
    form = {**fields_of(page), "start": starts_of(page)[7]}
    held = await client.post("/book/hold", data=form)
    shown = (await client.get(held.headers["location"])).text
    who = {"name": "Cy", "email": "cy@example.com"}
    done = await client.post("/book/confirm", data={**fields_of(shown), **who})
    path = done.headers["location"].split("?")[0]
    [row] = [row for row in read_rows(services, Booking) if row.email == "cy@example.com"]
    assert (row.session_id, row.conversation_id) == (view.session_id, view.conversation_id)
    assert path in (await client.get("/book", params={"key": key})).text
    assert path not in (await client.get("/book")).text


async def test_whatever_is_unknown_is_the_same_404(client):
    path = await book(client)
    wrong = [
        "/call/x",
        f"{path[:-1]}{'0' if path[-1] != '0' else '1'}",
        f"/call/{'a' * 5000}",
        "/call/..%2f..%2fetc",
        "/verify?key=x",
        "/return/x",
    ]
    pages = [await client.get(address) for address in wrong]
    assert {page.status_code for page in pages} == {404}
    for address in ("cancel", "move", "code", "check"):
        answer = await client.post(f"/call/{'b' * 64}/{address}", data={"code": "1"})
        assert answer.status_code == 404
    forged = await client.get("/book?key=00000000-0000-0000-0000-000000000000__9999999999.x")
    assert forged.status_code == 200
    assert "You have a call" not in forged.text


async def test_the_pages_run_no_foreign_script_and_tell_no_other_site_their_address(client):
    path = await book(client)
    for address in ("/book", path, "/call/unknown"):
        headers = (await client.get(address)).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'self' https://huggingface.co" in policy
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


async def test_another_site_cannot_post_a_form(client):
    path = await book(client)
    answer = await client.post(f"{path}/cancel", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "This call was cancelled" not in (await client.get(path)).text


async def test_odd_values_are_refused_in_words(client):
    page = (await client.get("/book", params={"zone": "Mars/Olympus"})).text
    assert "Europe/Berlin" in page
    form = fields_of(page)
    odd_starts = ("", "x", "9999-12-31T23:59:59Z", "2026-11-24T09:00", "0001-01-01T00:00+14:00")
    for start in odd_starts:
        answer = await client.post("/book/hold", data={**form, "start": start})
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text
    lost = await client.post("/book/confirm", data={"name": "A", "email": "a@example.com"})
    assert lost.status_code == 200


async def test_an_address_is_proved_on_the_page_of_the_call(mail_client, mailing):
    path = await book(mail_client, email="proof@example.com")
    assert "A confirmation is on its way to proof@example.com" in (await mail_client.get(path)).text
    sent = await mail_client.post(f"{path}/code")
    assert "The code is on its way" in sent.text
    letters = read_rows(mailing.services, EmailMessage)
    code = re.search(r"\d{6}", letters[-1].text)[0]
    wrong = await mail_client.post(f"{path}/check", data={"code": f"{(int(code) + 1) % 10**6:06}"})
    assert wrong.status_code == 422
    assert "4 tries left" in wrong.text
    right = await mail_client.post(f"{path}/check", data={"code": code})
    assert right.status_code == 303
    assert "proof@example.com is confirmed" in (await mail_client.get(path)).text
    answers = [await mail_client.post(f"{path}/code") for _ in range(3)]
    assert answers[-1].status_code == 429


async def test_an_address_of_the_contact_form_is_proved_by_key(mail_client, mailing):
    services = mailing.services
    view = await services.chat.open_page(None, page=PageInfo(page="p"))
    chat_key = ChatKey(view.token, str(view.conversation_id))
    await services.chat.leave_contact(
        chat_key, ContactForm(email="dee@example.com", form_id=new_form_id())
    )
    key = await services.calls.make_key(view.token, str(view.conversation_id))
    page = await mail_client.get("/verify", params={"key": key})
    form = fields_of(page.text)
    assert form["email"] == "dee@example.com"
    sent = await mail_client.post("/verify/code", data=form)
    code = re.search(r"\d{6}", read_rows(services, EmailMessage)[-1].text)[0]
    assert fields_of(sent.text)["key"] == key
    bad = await mail_client.post("/verify/check", data={**form, "code": "no"})
    assert bad.status_code == 422
    done = await mail_client.post("/verify/check", data={**form, "code": code})
    shown = await mail_client.get(done.headers["location"])
    assert "dee@example.com is confirmed" in shown.text
    foreign = await mail_client.post("/verify/code", data={**form, "email": "owner@example.com"})
    assert foreign.status_code == 404


async def test_without_a_mail_service_no_proof_is_offered(client, silent):
    path = await book(client)
    assert "Send the code" not in (await client.get(path)).text
    assert (await client.post(f"{path}/code")).status_code == 404
    view = await silent.services.chat.open_page(None, page=PageInfo(page="p"))
    key = await silent.services.calls.make_key(view.token, str(view.conversation_id))
    assert (await client.get("/verify", params={"key": key})).status_code == 404


async def test_a_chat_goes_on_on_another_device_once(client, silent):
    calls = silent.services.calls
    token = silent.services.database.write_now(lambda s: arrive(s, None, Arrival())[0])
    code = calls.build_return_code(token)
    for _ in range(3):
        assert "Open my chat" in (await client.get(f"/return/{code}")).text
    answer = await client.post(f"/return/{code}")
    assert answer.headers["location"] == f"/#return={code}"
    assert token not in answer.headers["location"]
    assert await calls.use_return_code(code) == token
    assert (await client.get(f"/return/{code}")).status_code == 404
    assert (await client.post(f"/return/{code}")).status_code == 404


async def test_slots_and_bookings_by_program(client, silent):
    slots = (await client.get("/api/slots", params={"time_zone": "Asia/Tokyo"})).json()
    assert (slots["time_zone"], slots["minutes"]) == ("Asia/Tokyo", 30)
    wish = {
        "start": slots["days"][2]["starts"][0],
        "email": "program@example.com",
        "name": "Pro Gram",
        "time_zone": "Asia/Tokyo",
        "client_key": "k1",
    }
    token = silent.services.database.write_now(lambda s: arrive(s, None, Arrival())[0])
    bearer = {"authorization": f"Bearer {token}"}
    answers = [await client.post("/api/bookings", json=wish, headers=bearer) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {201}
    first, second = (answer.json() for answer in answers)
    assert first["id"] == second["id"]
    assert first["starts_at"] == wish["start"]
    assert len(Calendar.from_ical(first["ics"]).walk("VEVENT")) == 1
    assert (await client.get(first["link"])).status_code == 200
    clash = await client.post("/api/bookings", json={**wish, "email": "other@example.com"})
    assert (clash.status_code, clash.json()["error"]["code"]) == (409, "slot_taken")


@pytest.mark.parametrize(
    ("wish", "headers", "status"),
    [
        ({}, {}, 422),
        ({"start": "x", "email": "a@example.com", "name": "A"}, {}, 422),
        ({"start": "2026-11-24T09:00Z", "email": "no", "name": "A"}, {}, 422),
        (
            {"start": "2026-11-24T09:00Z", "email": "a@example.com", "name": "A"},
            {"authorization": "Bearer nobody"},
            401,
        ),
    ],
)
async def test_a_bad_request_by_program_is_refused_in_one_shape(client, wish, headers, status):
    answer = await client.post("/api/bookings", json=wish, headers=headers)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message", "id"}


async def test_another_calendar_takes_the_place_of_booking(sqlite_template, tmp_path):
    url = "https://cal.com/mara?a=1&b=2"
    for served in serve(sqlite_template, tmp_path, calendar_url=url):
        async with connect(served) as client:
            page = await client.get("/book")
            assert f'href="{html.escape(url)}"' in page.text
            assert (await client.post("/book/hold")).status_code in (404, 405)
            assert (await client.get("/api/slots")).status_code == 404
            assert (
                html.escape(url) in (await client.get("/config")).text
                or "cal.com" in (await client.get("/config")).text
            )


async def test_without_hours_nothing_is_booked(sqlite_template, tmp_path):
    for served in serve(sqlite_template, tmp_path, call_hours="none"):
        async with connect(served) as client:
            assert (await client.get("/book")).status_code == 404
            assert "Book a call" not in (await client.get("/config")).text
