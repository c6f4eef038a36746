import time
from collections.abc import Iterator

import pytest

from chatbot.errors import StartupError
from chatbot.people.channels import open_channels
from chatbot.people.delivery_log import list_log
from chatbot.people.notification_text import Link, build_text
from chatbot.storage.database import Database
from tests.app_process import find_free_port
from tests.people.test_outbox import add_questions, run_until, start
from tests.receiver import TOKEN, USER, Receiver

PUSHOVER = f"pover://{USER}@{TOKEN}"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    from apprise.plugins.pushover import NotifyPushover

    with Receiver() as receiver:
        monkeypatch.setattr(NotifyPushover, "notify_url", receiver.url)
        yield receiver


async def test_down_then_busy_then_delivered_once(sqlite_database: Database, receiver: Receiver):
    add_questions(sqlite_database, 1)
    receiver.refuse_with(503, 503, 503, 429)
    outbox, clock = start(sqlite_database, *open_channels([PUSHOVER]))
    await outbox.deliver_due()
    assert sqlite_database.read_now(list_log)[0].last_error == (
        "Pushover: Answered 503 Service Unavailable"
    )
    await run_until(outbox, clock, minutes=30)
    assert receiver.refused == [503, 503, 503, 429]
    assert len(receiver.accepted) == 1
    assert sqlite_database.read_now(list_log)[0].status == "sent"


async def test_a_service_that_is_away_then_busy_gets_it_once(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
):
    from apprise.plugins.pushover import NotifyPushover

    port = find_free_port()
    monkeypatch.setattr(NotifyPushover, "notify_url", f"http://127.0.0.1:{port}/1/messages.json")
    add_questions(sqlite_database, 1)
    outbox, clock = start(sqlite_database, *open_channels([PUSHOVER]))
    for _ in range(3):
        await run_until(outbox, clock, minutes=1)
    [entry] = sqlite_database.read_now(list_log)
    assert (entry.status, entry.channels[0].status) == ("pending", "pending")
    assert entry.channels[0].attempts >= 3
    with Receiver(port) as receiver:
        receiver.refuse_with(429)
        await run_until(outbox, clock, minutes=60, step=10)
        assert receiver.refused == [429]
        assert len(receiver.accepted) == 1
    [entry] = sqlite_database.read_now(list_log)
    assert (entry.status, entry.channels[0].last_error) == ("sent", None)


async def test_the_request_is_plain_text_with_nothing_of_the_visitors_but_the_message(
    receiver: Receiver,
):
    text = build_text("contact", {"email": "a@b.com", "notes": "<b>URGENT</b>: see \\n {{x}} :-)"})
    [channel] = open_channels([PUSHOVER])
    assert (await channel.send(text)).is_sent
    fields = receiver.accepted[0].fields
    assert set(fields) <= {"token", "user", "title", "message", "priority", "sound", "device"}
    assert fields["priority"] == "0"
    assert fields["message"] == text.message
    assert '"<b>URGENT</b>: see \\n {{x}} :-)"' in fields["message"]


@pytest.mark.usefixtures("receiver")
async def test_the_longest_texts_are_taken():
    long = "\U0001f468 é x" * 5000
    payload = {"name": long, "email": long, "phone": long, "notes": long, "note": long}
    payload |= {"text": long, "action": long, "counts": {"contact": 3}, "lines": [long] * 50}
    [channel] = open_channels([PUSHOVER])
    for kind in ("contact", "escalation", "question", "provider", "digest"):
        assert (await channel.send(build_text(kind, payload))).is_sent


async def test_a_server_that_is_not_there_is_a_failure_without_its_address():
    [channel] = open_channels(["json://127.0.0.1:9/secret-path"])
    result = await channel.send(build_text("test", {}))
    assert not result.is_sent
    assert "secret" not in result.error


async def test_messages_of_one_channel_do_not_wait_for_apprise(receiver: Receiver):
    [channel] = open_channels([PUSHOVER])
    begun = time.perf_counter()
    for _ in range(3):
        await channel.send(build_text("test", {}))
    # Apprise's own pause between two messages is 5.5 s.
    assert time.perf_counter() - begun < 5.5
    assert len(receiver.accepted) == 3


def test_channels_have_names_without_secrets():
    urls = [PUSHOVER, "pover://other-user@other-token", "json://127.0.0.1/x", PUSHOVER]
    assert [channel.name for channel in open_channels(urls)] == ["Pushover", "Pushover 2", "JSON"]


@pytest.mark.parametrize("url", ["nonsense://canary", "tgram://canary", "pover://canary"])
def test_an_address_that_cannot_be_used_stops_the_start_unseen(url: str):
    with pytest.raises(StartupError, match=r"^NOTIFY_URLS: address number 2 ") as stopped:
        open_channels(["json://127.0.0.1/x", url])
    assert "canary" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


async def test_pushover_gets_the_first_link_beside_the_message(receiver: Receiver):
    links = [Link("Take over", "https://me.example/act/x"), Link("Chat", "https://me.example/o")]
    [channel] = open_channels([PUSHOVER])
    assert (await channel.send(build_text("escalation", {"note": "Hello"}, links=links))).is_sent
    assert (await channel.send(build_text("test", {}))).is_sent
    first, second = (push.fields for push in receiver.accepted)
    assert (first["url"], first["url_title"]) == (links[0].url, "Take over")
    assert first["message"].endswith(
        "\nTake over: https://me.example/act/x\nChat: https://me.example/o"
    )
    assert "url" not in second
    assert "url_title" not in second


async def test_a_link_of_the_owners_own_comes_with_messages_without_one(receiver: Receiver):
    [channel] = open_channels([f"{PUSHOVER}?url=https://own.example&url_title=Mine"])
    link = Link("Answer", "https://me.example/act/x")
    for links in ([], [link], []):
        await channel.send(build_text("question", {"text": "Why?"}, links=links))
    told = [(push.fields["url"], push.fields["url_title"]) for push in receiver.accepted]
    assert told == [("https://own.example", "Mine"), (link.url, "Answer"), told[0]]
