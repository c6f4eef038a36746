"""The default limits over the running program, on each door that visitors have.

The program trusts one proxy, 127.0.0.2: what comes from there may say whose it is, so that every
test has an address of its own; what comes from 127.0.0.1 may not.
"""

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from chatbot.rates import DEFAULT_RATES, RATE_NAMES
from chatbot.storage.models import ChatSession
from tests.app_process import AppProcess
from tests.door_server import DoorServer
from tests.fakes import read_rows
from tests.page_client import PageClient, PageState, plain_words
from tests.security.test_responses import check_headers
from tests.stand_in import Reply

PROXY = "127.0.0.2"
SHORT = "What has Mara built?"
JOB = "Backend engineer\n\nRequirements:\n- 5 years of Python\n- PostgreSQL\n- A driving licence"
_ADDRESSES = (f"203.0.113.{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    settings = {
        "RATE_LIMITS": DEFAULT_RATES,
        "TRUSTED_PROXIES": f"{PROXY}, 10.0.0.0/8",
        "CALL_HOURS": "Mon-Sun 00:00-23:00",
    }
    with AppProcess(tmp_path_factory.mktemp("limited"), settings) as app:
        yield app


@pytest.fixture
def address() -> str:
    return next(_ADDRESSES)


def come_from(page: PageClient, address: str, *, proxy: str = PROXY) -> PageClient:
    transport = httpx.AsyncHTTPTransport(local_address=proxy)
    headers = {"x-forwarded-for": address}
    page.http = httpx.AsyncClient(
        base_url=page.base_url, timeout=page.timeout, transport=transport, headers=headers
    )
    return page


def notice(state: PageState) -> str:
    """The words of the line that asks for a break, "" when there is none."""
    line = state.values.get("error-line") or ""
    return plain_words(line) if "cc-limit" in line else ""


async def send_often(page: PageClient, times: int) -> list[str]:
    """What the page said about each of so many messages."""
    return [notice(await page.ask(f"{SHORT} {number}")) for number in range(times)]


async def test_the_page_takes_ten_messages_a_minute(app: AppProcess, address: str) -> None:
    async with come_from(PageClient(app.url), address) as page:
        await page.open()
        *taken, refused = await send_often(page, 11)
        assert taken == [""] * 10
        assert re.search(r"can be sent in \d+ seconds\. What you typed is still here\.", refused)
        shown = [text for role, text in page.state.messages if role == "user"]
        assert len(shown) == 10
        # Nothing says that it was taken, so the page keeps what was typed.
        assert f"taken-{page.message_id}" not in page.state.values["state"]


async def test_what_was_taken_already_is_not_refused_when_it_comes_again(
    app: AppProcess, address: str
) -> None:
    async with come_from(PageClient(app.url), address) as page:
        await page.open()
        await send_often(page, 9)
        first = page.message_id
        await page.ask(SHORT)
        page.message_id = first
        assert notice(await page.ask(SHORT)) == ""
        assert notice(await page.ask("Another one?")) != ""


async def test_an_address_takes_thirty_in_any_number_of_sessions(
    app: AppProcess, address: str
) -> None:
    said = []
    for _ in range(4):
        async with come_from(PageClient(app.url), f"1.2.3.4, {address}, 10.0.0.9") as page:
            await page.open()
            said += await send_often(page, 9)
    assert [words != "" for words in said] == [False] * 30 + [True] * 6


async def test_whoever_is_no_proxy_cannot_choose_an_address(app: AppProcess) -> None:
    said = []
    for number in range(4):
        page = come_from(PageClient(app.url), f"198.51.100.{number}", proxy="127.0.0.3")
        async with page:
            await page.open()
            page.http.headers["x-forwarded-for"] = f"198.51.100.{100 + number}"
            said += await send_often(page, 9)
    assert [words != "" for words in said] == [False] * 30 + [True] * 6


async def test_the_contact_form_is_taken_three_times(app: AppProcess, address: str) -> None:
    async with come_from(PageClient(app.url), address) as page:
        await page.open()
        for number in range(4):
            values = {"contact-email": f"ana{number}@example.com", "contact-consent": False}
            state = await page.press("contact-send", **values)
        assert "can be sent in" in plain_words(state.values["contact-answer"])
        assert "cc-limit" in state.values["contact-answer"]


async def test_a_person_is_called_twice_and_never_out_of_reach(
    app: AppProcess, address: str
) -> None:
    async with come_from(PageClient(app.url), address) as page:
        await page.open()
        for number in range(3):
            state = await page.press("human-ask", **{"human-note": f"Please come, {number}"})
        assert "cc-limit" in state.values["human-answer"]
        # Asking without a further word would change nothing, and is no reason to refuse.
        assert "is-escalated" in (await page.press("talk")).values["state"]
        assert notice(page.state) == ""


def find_start(client: httpx.Client, number: int) -> str:
    days = client.get("/api/slots").json()["days"]
    return [start for day in days for start in day["starts"]][number]


@pytest.fixture
def client(app: AppProcess, address: str) -> Iterator[httpx.Client]:
    transport = httpx.HTTPTransport(local_address=PROXY)
    headers = {"x-forwarded-for": address}
    # What is refused has the headers of everything else.
    hooks = {"response": [lambda response: check_headers(response, str(response.url))]}
    with httpx.Client(
        base_url=app.url, transport=transport, headers=headers, timeout=30, event_hooks=hooks
    ) as client:
        yield client


def test_a_program_books_three_calls_a_day(client: httpx.Client) -> None:
    statuses = []
    for number in range(4):
        body = {"start": find_start(client, 0), "email": f"b{number}@example.com", "name": "Bo"}
        answer = client.post("/api/bookings", json=body)
        statuses.append(answer.status_code)
    assert statuses == [201, 201, 201, 429]
    assert int(answer.headers["retry-after"]) > 86000
    error = json.loads(answer.text)["error"]
    assert error["code"] == "too_many"
    assert "can be booked in 24 hours" in error["message"]


def test_nobody_holds_the_whole_calendar(client: httpx.Client) -> None:
    start = find_start(client, 20)
    answers = [client.post("/book/hold", data={"start": start}) for _ in range(10)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert {answer.status_code for answer in answers[:9]} <= {303, 409}
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "can be chosen in" in answers[-1].text


def test_a_body_that_is_too_large_is_a_413_on_every_path(client: httpx.Client) -> None:
    large = b"x" * (64 * 1024 + 1)
    # A body that nobody reads is not too large for anybody.
    client.headers["content-type"] = "application/x-www-form-urlencoded"
    for path in (
        "/gradio_api/queue/join",
        "/gradio_api/run/predict",
        "/api/bookings",
        "/book/confirm",
    ):
        answer = client.post(path, content=large)
        assert answer.status_code == 413, path
        chunked = client.post(path, content=iter([large[:40000], large[:40000]]))
        assert chunked.status_code == 413, path


def test_a_program_is_limited_as_the_page_is(client: httpx.Client) -> None:
    chat = client.post("/api/chats", json={}).json()
    client.headers["authorization"] = f"Bearer {chat['token']}"
    path = f"/api/chats/{chat['chat_id']}"
    answers = [
        client.post(f"{path}/messages", json={"message": SHORT, "client_message_id": f"m{n}"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    called = [
        client.post(f"{path}/escalate", json={"message": f"Please come, {n}"}) for n in range(3)
    ]
    assert [answer.status_code for answer in called] == [200, 200, 429]
    left = [
        client.post("/api/contacts", json={"email": f"p{n}@example.com", "consent": True})
        for n in range(4)
    ]
    assert [answer.status_code for answer in left] == [201, 201, 201, 429]


def test_new_chats_do_not_get_round_the_limit_of_an_address(client: httpx.Client) -> None:
    answers = [client.post("/api/chats", json={"question": SHORT}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]
    agent = call_tool(client, "ask", {"question": SHORT})
    assert "next message can be sent" in agent


def call_tool(client: httpx.Client, name: str, arguments: dict[str, str]) -> str:
    call = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accept = {"accept": "application/json, text/event-stream"}
    return client.post("/api/mcp", json=body, headers=accept).text


@pytest.fixture(scope="module")
def crowded(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    """Three visitors may come from one address in a day; nothing else is limited."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("crowded") / "chatbot.db")
    others = "; ".join(f"{name} off" for name in RATE_NAMES if name != "visit")
    with DoorServer(
        path, rate_limits=f"{others}; visit 3/day", trusted_proxies=f"{PROXY}, 127.0.0.1"
    ) as server:
        server.stand_in.default = Reply(text="Thank you.")
        yield server


def count_sessions(server: DoorServer) -> int:
    return len(read_rows(server.services, ChatSession))


def use_up(server: DoorServer, address: str) -> None:
    headers = {"x-forwarded-for": address}
    for _ in range(3):
        assert server.call("POST", "/api/chats", json={}, headers=headers).status_code == 201


def test_a_script_fills_the_database_through_no_door(crowded: DoorServer, address: str) -> None:
    use_up(crowded, address)
    sessions, headers = count_sessions(crowded), {"x-forwarded-for": address}
    booking = {"start": find_start(crowded.client(), 0), "email": "b@example.com", "name": "Bo"}
    for path, body in (
        ("/api/chats", {"json": {}}),
        ("/api/chats", {"json": {"question": SHORT}}),
        ("/api/bookings", {"json": booking}),
        ("/book/hold", {"data": {"start": booking["start"]}}),
        ("/fit/make", {"data": {"text": JOB}}),
    ):
        answer = crowded.call("POST", path, headers=headers, **body)
        assert answer.status_code == 429, path
        assert int(answer.headers["retry-after"]) > 0
        assert "can be opened in 24 hours" in answer.text
    with crowded.client(**headers) as client:
        for tool, arguments in (("ask", {"question": SHORT}), ("fit", {"job_description": JOB})):
            assert "can be opened in 24 hours" in call_tool(client, tool, arguments)
    assert count_sessions(crowded) == sessions
    elsewhere = {"x-forwarded-for": next(_ADDRESSES)}
    assert crowded.call("POST", "/api/chats", json={}, headers=elsewhere).status_code == 201


async def test_a_page_says_when_it_can_be_opened(crowded: DoorServer, address: str) -> None:
    async with come_from(PageClient(crowded.url), address) as known:
        await known.open()
        for _ in range(2):
            async with come_from(PageClient(crowded.url), address) as page:
                await page.open()
        sessions = count_sessions(crowded)
        async with come_from(PageClient(crowded.url), address) as page:
            assert "can be opened in 24 hours" in notice(await page.open())
            assert page.token == ""
        assert count_sessions(crowded) == sessions
        # Who has a chat opens it as often as they like, and goes on in it.
        again = come_from(PageClient(crowded.url, token=known.token), address)
        async with again as page:
            assert notice(await page.open()) == ""
            assert notice(await page.press("new-chat")) == ""
            assert notice(await page.ask(SHORT)) == ""


def test_many_at_once_are_no_way_round(crowded: DoorServer, address: str) -> None:
    headers = {"x-forwarded-for": address}

    def open_one(_: int) -> int:
        return crowded.call("POST", "/api/chats", json={}, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(open_one, range(12)))
    assert sorted(statuses) == [201] * 3 + [429] * 9
