"""The whole program tells its owner, through a server that speaks Pushover's API."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app_process import AppProcess
from tests.page_client import PageClient
from tests.receiver import TOKEN, USER, Receiver

LEASE_SECONDS = 10
SECRETS = {
    "SECRET_KEY": "canary-secret-key-of-more-than-32-characters",
    "DATABASE_KEY": "canary-database-key",
    "OPENAI_API_KEY": "canary-openai-key",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "NOTIFY_URLS": "tgram://123456789:canary_telegram_token_0123456789abcde/12345",
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def make_app(folder: Path, receiver: Receiver, **settings: str) -> AppProcess:
    values = {"PUSHOVER_USER": USER, "PUSHOVER_TOKEN": TOKEN, "LOG_LEVEL": "debug", **settings}
    command = (sys.executable, str(Path(__file__).parent / "pushover_app.py"), receiver.url)
    return AppProcess(folder, values, command=command)


async def leave_address(app: AppProcess, email: str) -> float:
    """A visitor leaves an address in the chat; returns when the answer was there."""
    async with PageClient(app.url) as page:
        await page.open()
        await page.ask(f"Please write to me at {email}")
    return time.monotonic()


def log_lines(app: AppProcess) -> list[dict]:
    return [json.loads(line) for line in app.log.splitlines()]


async def test_the_owner_knows_at_once_and_after_a_kill_exactly_once(
    tmp_path: Path, receiver: Receiver
):
    with make_app(tmp_path, receiver) as app:
        left_at = await leave_address(app, "ana@example.com")
        [push] = receiver.wait_for(1, seconds=20)
        assert push.at - left_at < 15
        assert "ana@example.com" in push.message

        receiver.refuse_with(503, 503, 503, 503, 503)
        await leave_address(app, "bob@example.com")
        app.kill()
        receiver.refuse_with()
        app.start()
        restarted_at = time.monotonic()
        pushes = receiver.wait_for(2, seconds=LEASE_SECONDS + 30)
        assert pushes[-1].at - restarted_at < LEASE_SECONDS + 30
        time.sleep(2.5)
    assert ["bob@example.com" in push.message for push in receiver.accepted] == [False, True]
    sent = [line for line in log_lines(app) if line["event"] == "notification sent"]
    assert [(line["kind"], line["channel"]) for line in sent] == [("contact", "Pushover")] * 2


async def test_no_secret_and_no_word_of_a_visitor_is_in_the_log(tmp_path: Path, receiver: Receiver):
    with make_app(tmp_path, receiver, **SECRETS) as app:
        async with PageClient(app.url) as page:
            await page.open()
            await page.ask("Please write to me at zebra@example.com")
            await page.ask("Did you ever build xylophones?\n\x1b[31m")
        assert receiver.wait_for(1, seconds=10)
    log = app.log
    for canary in ("canary", USER, TOKEN, "xylophone", "zebra", "\x1b"):
        assert canary not in log
    turns = [line for line in log_lines(app) if line.get("turn_id")]
    assert turns[0]["event"] == "turn started"
    assert any(line["event"] == "notification sent" for line in log_lines(app))
