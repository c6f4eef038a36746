import asyncio
import html
import json
import logging
import re
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from chatbot.errors import NotSaved
from chatbot.hours import parse_zone
from chatbot.logs import JsonLines
from chatbot.people.contacts import save_contact
from chatbot.people.questions import file_question
from chatbot.storage.database import Database
from chatbot.storage.models import Contact, ContactStatus, Question
from chatbot.ui.action_page import ActionPage
from chatbot.ui.locales.action_en import ACTIONS_IN_ENGLISH
from chatbot.web.action_routes import ACTION_PREFIX, build_action_router
from chatbot.web.guesses import Guesses
from chatbot.web.hardening import Hardening, HardeningValues
from tests.people.test_action_links import Desk, ask, escalate, leave_contact, outcome
from tests.ui.examples import VALUES

FOREIGN = {"origin": "https://evil.example"}
PREVIEWS = (
    {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    {"user-agent": "TelegramBot (like TwitterBot)"},
    {"user-agent": "Mozilla/5.0 (compatible; GoogleImageProxy)", "purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender", "sec-fetch-mode": "navigate"},
    {"x-moz": "prefetch", "range": "bytes=0-1023"},
    {"user-agent": "WhatsApp/2", "accept": "text/html", **FOREIGN},
)
HOSTILE = "</dd><script>alert(1)</script><img src=x onerror=alert(2)> \" ' & \u202egnp"


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(desk) as client:
        yield client


def serve(desk: Desk, guesses: Guesses | None = None) -> httpx.AsyncClient:
    site = FastAPI(openapi_url=None)
    page = ActionPage(VALUES, ACTIONS_IN_ENGLISH, parse_zone("Europe/Berlin"))
    site.include_router(build_action_router(desk.links, page, guesses))
    values = HardeningValues(title="", description="", secret_prefixes=(ACTION_PREFIX,))
    transport = httpx.ASGITransport(app=Hardening(site, values), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://app.example")


async def offer(desk: Desk, work: object, label: str) -> str:
    desk.database.write_now(work)
    return f"/act/{(await desk.deliver())[label]}"


async def test_the_page_says_who_and_what_and_has_one_button(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, leave_contact, "Mark as contacted")
    response = await client.get(path)
    assert response.status_code == 200
    for words in ("Mark as contacted?", "Ana Ruiz", "Hello", "becomes Contacted"):
        assert words in response.text
    assert response.text.count("<button") == response.text.count("<form") == 1
    assert "ana.ruiz@example.com" not in response.text
    assert path.removeprefix("/act/") not in response.text


async def test_the_page_tells_nobody_and_is_kept_nowhere(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, leave_contact, "Not a lead")
    for response in (
        await client.get(path),
        await client.post(path),
        await client.get(path),
        await client.get("/act/forged"),
    ):
        headers = response.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-robots-tag"].startswith("noindex")
        assert '<meta name="robots" content="noindex">' in response.text
        policy = headers["content-security-policy"].split("; ")
        assert policy[0] == "default-src 'none'"
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        for word in ("<script", "<style", " style=", "onclick"):
            assert word not in response.text
        assert "set-cookie" not in headers


async def test_previews_change_nothing(client: httpx.AsyncClient, desk: Desk) -> None:
    path = await offer(desk, leave_contact, "Not a lead")
    for headers in PREVIEWS * 5:
        responses = await asyncio.gather(
            client.get(path, headers=headers),
            client.head(path, headers=headers),
            client.get(f"{path}?preview=1", headers=headers),
        )
        assert [response.status_code for response in responses] == [200, 200, 200]
        assert responses[1].content == b""
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert (await client.request(method, path)).status_code == 405
    assert outcome(desk, "Not a lead") == ContactStatus.NEW
    assert (await client.post(path)).status_code == 200
    assert outcome(desk, "Not a lead") == ContactStatus.JUNK


async def test_a_replay_says_when_it_was_used_and_leads_into_the_area(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, leave_contact, "Mark as contacted")
    done = await client.post(path)
    assert (done.status_code, "Marked as contacted" in done.text) == (200, True)
    contact_id = desk.rows(Contact)[0].id
    for response in (await client.post(path), await client.get(path)):
        assert response.status_code == 410
        assert "This link has been used" in response.text
        assert f'href="/owner?to=contacts/{contact_id}"' in response.text
        assert "<form" not in response.text


async def test_an_expired_link_says_so(client: httpx.AsyncClient, desk: Desk) -> None:
    path = await offer(desk, ask, "Answer")
    desk.clock.pass_by(hours=72)
    for response in (
        await client.get(path),
        await client.post(path, data={"text": "Yes"}),
    ):
        assert response.status_code == 410
        assert "This link has expired" in response.text
    assert outcome(desk, "Answer") == ("open", None)


async def test_a_question_is_answered_on_the_page(client: httpx.AsyncClient, desk: Desk) -> None:
    path = await offer(desk, ask, "Answer")
    shown = (await client.get(path)).text
    assert "Do you speak Dutch?" in shown
    assert '<label for="text">Your answer</label>' in shown
    empty = await client.post(path, data={"text": " \r\n"})
    assert empty.status_code == 422
    assert 'role="alert">Please type the answer first.</p>' in empty.text
    long = await client.post(path, data={"text": "\n<b>" + "x" * 4000})
    assert long.status_code == 422
    assert "<textarea" in long.text
    assert "\n\n&lt;b&gt;xxx" in long.text
    done = await client.post(path, data={"text": "Yes,\r\nfluently."})
    assert (done.status_code, "Your answer is saved" in done.text) == (200, True)
    assert outcome(desk, "Answer") == ("answered", "Yes,\nfluently.")


async def test_an_answer_as_long_as_the_box_allows_is_taken(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, ask, "Answer")
    words = "\U0001f468" * 2000 + "\n" * 10 + "é" * 1990
    done = await client.post(path, data={"text": words.replace("\n", "\r\n")})
    assert done.status_code == 200
    assert outcome(desk, "Answer") == ("answered", words)


async def test_a_form_of_another_site_is_refused(client: httpx.AsyncClient, desk: Desk) -> None:
    path = await offer(desk, leave_contact, "Not a lead")
    for origin in ("https://evil.example", "null", "http://app.example.evil.example"):
        response = await client.post(path, headers={"origin": origin})
        assert response.status_code == 403
    assert outcome(desk, "Not a lead") == ContactStatus.NEW
    assert (await client.post(path, headers={"origin": "http://app.example"})).status_code == 200


async def test_taking_over_leads_to_the_chat_where_the_owner_signs_in(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, escalate, "Take over")
    shown = await client.get(path)
    assert "Could I talk to her?" in shown.text
    assert "A visitor without a name is told that you have joined" in shown.text
    done = await client.post(path)
    assert f'href="/owner?to=inbox/{desk.turns.stopped[0]}"' in done.text
    assert "Sign in to write" in done.text


async def test_what_a_visitor_wrote_is_only_shown(client: httpx.AsyncClient, desk: Desk) -> None:
    def work(session: Session) -> None:
        save_contact(session, email="a@b.com", name=HOSTILE, company=HOSTILE, notes=HOSTILE)
        file_question(session, HOSTILE)

    desk.database.write_now(work)
    await desk.deliver()
    pages = []
    for text in desk.texts:
        assert text.link is not None
        pages.append((await client.get(text.link.url[len("https://") :].partition("/")[2])).text)
    assert len(pages) == 2
    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert html.escape("</dd><script>") in page


async def test_forged_and_unknown_links_read_the_same_and_many_have_to_wait(desk: Desk) -> None:
    seconds = [0.0]
    guesses = Guesses(limit=5, seconds=60, clock=lambda: seconds[0])
    path = await offer(desk, leave_contact, "Not a lead")
    unknown = desk.links._write_token(uuid.uuid4())
    async with serve(desk, guesses) as client:
        answers = [
            await client.request(method, f"/act/{token}")
            for method in ("GET", "POST")
            for token in ("x", unknown)
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert "Ana" not in answers[0].text
        await client.get("/act/y")
        blocked = await client.get("/act/z")
        assert (blocked.status_code, blocked.headers["retry-after"]) == (429, "60")
        # Whoever has the right one is not locked out by others' guesses.
        assert (await client.get(path)).status_code == 200
        seconds[0] = 60.0
        assert (await client.get("/act/z")).status_code == 404


async def test_there_is_nothing_below_or_beside_a_link(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, leave_contact, "Not a lead")
    for other in ("/act", "/act/", f"{path}/x", f"{path}%2fx", "/acts", "/ACT/x"):
        assert (await client.post(other)).status_code in (404, 405), other
    assert outcome(desk, "Not a lead") == ContactStatus.NEW


async def test_no_log_has_the_token(
    client: httpx.AsyncClient, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = await offer(desk, leave_contact, "Not a lead")
    token = path.removeprefix("/act/")
    await client.get(path)

    async def fail(*_: object) -> None:
        raise RuntimeError(f"'{token}'")

    desk.links.use = fail  # type: ignore[method-assign]
    response = await client.post(path)
    assert response.status_code == 500
    records = [record for record in caplog.records if record.name.startswith("chatbot")]
    lines = [JsonLines().format(record) for record in records]
    assert any(json.loads(line).get("path") == "/act/..." for line in lines)
    assert not [line for line in lines if token in line or token[:20] in line]
    assert token not in response.text


async def test_a_database_that_refuses_is_said_in_words(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, leave_contact, "Not a lead")

    async def refuse(*_: object) -> None:
        raise NotSaved

    write, desk.database.write = desk.database.write, refuse  # type: ignore[method-assign]
    response = await client.post(path)
    desk.database.write = write  # type: ignore[method-assign]
    assert response.status_code == 503
    assert "Nothing was changed" in response.text
    assert (await client.post(path)).status_code == 200


async def test_of_many_presses_at_once_one_is_told_that_it_is_done(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = await offer(desk, ask, "Answer")
    presses = [client.post(path, data={"text": f"Answer {number}"}) for number in range(8)]
    statuses = [response.status_code for response in await asyncio.gather(*presses)]
    assert sorted(statuses) == [200] + [410] * 7
    [question] = desk.rows(Question)
    assert question.answer == f"Answer {statuses.index(200)}"
    assert re.search("has been used", (await client.get(path)).text)
