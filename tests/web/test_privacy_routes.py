"""The routes by which a visitor reads, takes along and erases what is held about them."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlmodel import select

from chatbot.services import Services
from chatbot.site import build_site
from chatbot.storage.database import DatabaseValues
from chatbot.storage.models import (
    ChatSession,
    Conversation,
    EmailCode,
    Erasure,
    Message,
    Withheld,
    utc_now,
)
from chatbot.storage.visitor_rows import VISITOR_TABLES, visit_rows
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.people.test_erasing import tell
from tests.people.visitor_data import Left

ONE, OTHER = "MarkerOf1", "MarkerOf2"
SECRET_COLUMNS = {"token_hash", "code_hash", "claimed_by", "run_id"}
# What the owner thinks of their own CV, and how a model words it, is not about the visitor.
OWNERS_COLUMNS = {"tailoring", "worded"}


@dataclass
class Site:
    services: Services
    http: httpx.AsyncClient

    async def post(self, path: str, token: str | None, **options) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"} if token is not None else {}
        return await self.http.post(path, headers=headers, **options)

    def leave(self, marker: str) -> Left:
        email = f"{marker.lower()}@example.com"
        return self.services.database.write_now(
            lambda s: Left(s, marker, email=email, token=f"token of {marker}")
        )


@pytest.fixture
async def site(database_values: DatabaseValues) -> AsyncIterator[Site]:
    settings = make_settings(database_values, chat_retention_days=45, contact_retention_days=1)
    async with running_services(settings) as services:
        app = build_site(settings, services)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as http:
            yield Site(services, http)


def read_zip(answer: httpx.Response) -> tuple[dict, str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return json.loads(archive.read("data.json")), archive.read("data.html").decode()


async def test_the_file_holds_every_value_of_every_row(site: Site) -> None:
    left, _ = site.leave(ONE), site.leave(OTHER)
    answer = await site.post("/api/me/export", left.token)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert 'filename="my-chat-data.zip"' in answer.headers["content-disposition"]
    data, page = read_zip(answer)
    held = site.services.database.read_now(
        lambda s: {
            table: s.exec(select(table).where(condition)).all()
            for table, condition in visit_rows(left.chat, [left.conversation, left.other]).items()
        }
    )
    # What was withheld was never said to anybody.
    assert held.pop(Withheld)
    assert "withheld" not in data
    assert len(held) >= len(VISITOR_TABLES) - 5
    hidden = SECRET_COLUMNS | OWNERS_COLUMNS
    for table, rows in held.items():
        assert rows, table
        expected = [
            {k: v for k, v in row.model_dump(mode="json").items() if k not in hidden}
            for row in rows
        ]
        name = str(table.__tablename__)
        by_id = lambda row: str(row.get("id") or row)  # noqa: E731
        assert sorted(data[name], key=by_id) == sorted(expected, key=by_id)
    [contact] = data["contact"]
    # What the owner noted about the visitor is held about the visitor.
    assert contact["owner_notes"].startswith(f"{ONE} owner_notes")
    assert OTHER not in json.dumps(data) + page
    assert "token_hash" not in json.dumps(data)
    assert f"{ONE} content" in page


async def test_who_shares_an_address_sees_only_what_they_told(site: Site) -> None:
    left = site.leave(ONE)
    database = site.services.database
    other = site.leave(OTHER)
    tell(database, other.conversation, email=left.email, name="Bea", notes="told by Bea")
    data, page = read_zip(await site.post("/api/me/export", other.token))
    shared = [contact for contact in data["contact"] if contact.get("shared")]
    assert [told["notes"] for told in shared[0]["told_by_you"]] == [
        ["told by Bea", "Also gave the name Bea."]
    ]
    assert ONE not in (json.dumps(data) + page).replace(left.email, "")
    assert shared[0]["email"] == left.email

    # A phone number that is known tells nobody the address beside it.
    third = (await Visitor.arrive(site.services.chat)).view
    phone = "+4930901820"
    known = tell(database, left.conversation, email=left.email, phone=phone)
    assert tell(database, third.conversation_id, email=None, phone=phone) == known
    data, page = read_zip(await site.post("/api/me/export", third.token))
    assert [contact["email"] for contact in data["contact"]] == [None]
    assert left.email not in json.dumps(data) + page

    code = {"email": left.email, "code_hash": "0", "expires_at": utc_now(), "used_at": utc_now()}
    database.write_now(lambda s: s.add(EmailCode(session_id=other.chat, **code)))
    data, _ = read_zip(await site.post("/api/me/export", other.token))
    assert not [contact for contact in data["contact"] if contact.get("shared")]


@pytest.mark.parametrize("path", ["/api/me/export", "/api/me/erase"])
async def test_nobody_elses_key_opens_anything(site: Site, path: str) -> None:
    left, other = site.leave(ONE), site.leave(OTHER)
    keys = [None, "", "x", left.token[:-1], str(left.chat), "\x00", "a" * 5000]
    hashed = site.services.database.read_now(lambda s: s.get(ChatSession, left.chat).token_hash)
    for key in [*keys, hashed]:
        answer = await site.post(path, key)
        assert answer.status_code == 401, key
        assert answer.json()["error"]["code"] == "unauthorized"
    for options in ({"params": {"token": left.token}}, {"json": {"token": left.token}}):
        assert (await site.post(path, None, **options)).status_code == 401
    assert (await site.post(path, other.token)).status_code == 200
    rows = read_rows(site.services, Message)
    assert {row.conversation_id for row in rows} >= {left.conversation}
    assert len([row for row in rows if row.conversation_id == left.conversation]) == 3


@pytest.mark.parametrize("path", ["/api/me/export", "/api/me/erase"])
async def test_a_foreign_page_and_another_method_are_refused(site: Site, path: str) -> None:
    left = site.leave(ONE)
    key = {"authorization": f"Bearer {left.token}"}
    foreign = await site.http.post(path, headers={**key, "origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await site.http.get(path, headers=key)).status_code in (404, 405)
    assert read_rows(site.services, Message)


async def test_erasing_leaves_a_receipt_and_a_key_that_opens_nothing(site: Site) -> None:
    left, other = site.leave(ONE), site.leave(OTHER)
    answer = await site.post("/api/me/erase", left.token)
    assert (answer.status_code, answer.json()) == (200, {"erased": True})
    assert (await site.post("/api/me/erase", left.token)).status_code == 401
    assert (await site.post("/api/me/export", left.token)).status_code == 401
    assert [row.id for row in read_rows(site.services, ChatSession)] == [other.chat]
    assert {row.session_id for row in read_rows(site.services, Conversation)} == {other.chat}
    [receipt] = [row for row in read_rows(site.services, Erasure) if row.reason == "visitor"]
    assert receipt.counts["message"] == 3


@pytest.mark.parametrize("database_values", ["SQLite"], indirect=True)
async def test_the_page_about_privacy_says_what_the_settings_say(site: Site) -> None:
    answer = await site.http.get("/privacy")
    assert answer.status_code == 200
    assert "script" not in answer.headers["content-security-policy"]
    assert "45 days after its last message" in answer.text
    assert "1 day after" in answer.text
    assert "No AI company" in answer.text
    assert "notification service" not in answer.text
    assert "{" not in answer.text
