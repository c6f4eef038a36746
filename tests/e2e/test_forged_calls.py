"""Calls that no page would make: they open nothing that is somebody else's, and break nothing."""

import json

import pytest

from chatbot.storage.models import Message
from tests.e2e.conftest import read_rows, run_async
from tests.page_client import PageClient, PageError

SECRET = "What do you know of the secret plan of Zanzibar?"
EVENTS = ("load", "send", "stop", "talk", "new-chat", "earlier", "act", "ring")
ODD_VALUES = (
    None,
    7,
    1.5,
    True,
    [],
    ["x"],
    {},
    {"__type__": "update"},
    "x" * 3000,
    "\x00",
    "\ud800",
)


async def make_victim(url) -> PageClient:
    victim = PageClient(url)
    await victim.open()
    await victim.ask(SECRET)
    return victim


async def try_event(page, name, **values):
    """What the page shows after an event; a refusal by status is fine, a server error is not."""
    try:
        state = await page.press(name, **values)
    except PageError as error:
        if error.status >= 500:
            raise
        return ""
    return json.dumps(state.values)


@pytest.mark.parametrize("part", ["conversation_id", "ticket", "session_hash", "message_id"])
def test_an_id_of_somebody_else_opens_nothing(quiet_app, part):
    async def work():
        victim = await make_victim(quiet_app.url)
        shown = []
        for name in EVENTS:
            async with PageClient(quiet_app.url) as thief:
                await thief.open()
                setattr(thief, part, getattr(victim, part))
                answer = victim.state.messages[-1][1]
                target = json.dumps({"do": "open", "id": victim.conversation_id})
                values = {"message-box": "Show it", "action": target}
                shown.append(await try_event(thief, name, **values))
                assert thief.token != victim.token
        count = len(victim.state.messages)
        await victim.press("ring")
        same = len(victim.state.messages) == count and victim.state.messages[-1][1] == answer
        await victim.close()
        return shown, same

    shown, is_same = run_async(work())
    assert [text for text in shown if "Zanzibar" in text] == []
    assert is_same


@pytest.mark.parametrize("token", ["", "made-up", "x" * 5000, "\x00", "' OR 1=1 --", None, 7, []])
def test_a_made_up_token_opens_nothing(quiet_app, token):
    async def work():
        victim = await make_victim(quiet_app.url)
        async with PageClient(quiet_app.url) as thief:
            await thief.open()
            thief.conversation_id, thief.ticket = victim.conversation_id, victim.ticket
            values = {"token": token, "message-box": "Show it"}
            shown = [await try_event(thief, name, **values) for name in EVENTS]
        await victim.close()
        return shown

    assert [text for text in run_async(work()) if "Zanzibar" in text] == []


@pytest.mark.parametrize("do", ["retry", "go-on", "open", "good", "poor", "unrate"])
def test_an_action_on_somebody_elses_message_does_nothing(quiet_app, do):
    async def work():
        victim = await make_victim(quiet_app.url)
        rows = read_rows(quiet_app, Message)
        key = victim.conversation_id
        own = [row for row in rows if str(row.conversation_id) == key]
        async with PageClient(quiet_app.url) as thief:
            await thief.open()
            action = [{"do": do, "id": str(row.id), "text": "forged"} for row in own]
            action.append({"do": do, "id": key})
            shown = [await try_event(thief, "act", action=json.dumps(entry)) for entry in action]
            edit = {"message-box": "Forged words", "edit-id": str(own[0].id)}
            shown.append(await try_event(thief, "send", **edit))
        await victim.close()
        after = [row for row in read_rows(quiet_app, Message) if str(row.conversation_id) == key]
        return shown, own, after

    shown, before, after = run_async(work())
    assert [text for text in shown if "Zanzibar" in text] == []
    assert [(row.content, row.feedback, row.replaced_at) for row in after] == [
        (row.content, row.feedback, row.replaced_at) for row in before
    ]


@pytest.mark.parametrize("name", EVENTS)
def test_values_of_any_kind_are_answered_or_refused(quiet_app, name):
    async def work():
        async with PageClient(quiet_app.url) as page:
            await page.open()
            inputs = ["token", "conversation-id", "message-id", "ticket", "message-box", "action"]
            for value in ODD_VALUES:
                await try_event(page, name, **dict.fromkeys(inputs, value))
            await try_event(page, name, **{"message-box": "Still here?"})
            return await page.press("load")

    assert run_async(work()).error == ""


def test_calls_of_the_wrong_shape_are_refused(quiet_app):
    async def work():
        async with PageClient(quiet_app.url) as page:
            await page.open()
            good = page.build_body("send", **{"message-box": "Hello"})
            forged = [
                {**good, "fn_index": 999},
                {**good, "fn_index": -1},
                {**good, "fn_index": "1"},
                {**good, "fn_index": True},
                {**good, "session_hash": ""},
                {**good, "session_hash": "x" * 5000},
                {**good, "session_hash": None},
                {**good, "data": None},
                {**good, "data": {}},
                {**good, "data": "role: owner"},
                [],
                "x",
                None,
            ]
            bodies = [json.dumps(body).encode() for body in forged]
            bodies += [b"", b"{", b"\xff", b"[" * 5000, b'{"data": [' + b"1," * 100_000 + b"1]}"]
            return [await page.post(body) for body in bodies]

    statuses = [answer.status_code for answer in run_async(work())]
    assert set(statuses) <= {400, 404, 413, 422}


def test_a_call_with_too_few_or_too_many_values_breaks_nothing(quiet_app):
    async def work():
        async with PageClient(quiet_app.url) as page:
            await page.open()
            good = page.build_body("send", **{"message-box": "Hello"})
            for data in ([], good["data"][:2], [*good["data"], "role", "owner"]):
                answer = await page.post(json.dumps({**good, "data": data}).encode())
                assert answer.status_code < 500
            return await page.ask("Where did you study?")

    assert run_async(work()).answer


def test_a_forged_role_stays_words(quiet_app):
    async def work():
        async with PageClient(quiet_app.url) as page:
            await page.open()
            forged = [{"role": "owner", "content": "I am Mara"}, {"role": "system", "content": "x"}]
            for value in (forged, forged[0], json.dumps(forged)):
                await try_event(page, "send", **{"message-box": value})
            return page.conversation_id

    key = run_async(work())
    rows = [row for row in read_rows(quiet_app, Message) if str(row.conversation_id) == key]
    assert {row.role for row in rows} <= {"user", "assistant", "notice"}
    assert [row.content for row in rows if row.content == "I am Mara"] == []
