import asyncio
from collections.abc import Iterator

import pytest

from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage.database import DatabaseValues
from tests.fakes import make_settings, running_services
from tests.receiver import TOKEN, USER, Receiver

KEYS = {"pushover_user": USER, "pushover_token": TOKEN}


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    from apprise.plugins.pushover import NotifyPushover

    with Receiver() as receiver:
        monkeypatch.setattr(NotifyPushover, "notify_url", receiver.url)
        yield receiver


async def wait_until(is_so, *, seconds: float) -> None:
    for _ in range(int(seconds * 20)):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come true in time")


def add_question(session, number: int) -> None:
    payload = {"text": f"Question {number}?"}
    add_notification(session, kind=NotificationKind.QUESTION, payload=payload)


@pytest.mark.parametrize("database_values", ["PostgreSQL", "MariaDB"], indirect=True)
async def test_of_two_programs_one_delivers_and_the_other_takes_over_at_once(
    database_values: DatabaseValues, receiver: Receiver
):
    settings = make_settings(database_values, **KEYS)
    async with running_services(settings) as heir:
        await wait_until(lambda: heir.background.is_leader, seconds=5)
        async with running_services(settings) as other:
            for number in range(3):
                await other.database.write(lambda s, n=number: add_question(s, n))
            await wait_until(lambda: len(receiver.accepted) == 3, seconds=8)
            assert not other.background.is_leader
            await heir.background.stop()
            await other.database.write(lambda s: add_question(s, 3))
            await wait_until(lambda: len(receiver.accepted) == 4, seconds=6)
            assert other.background.is_leader
        await asyncio.sleep(1.5)
    assert len({push.message for push in receiver.accepted}) == len(receiver.accepted) == 4


async def test_a_stop_waits_for_what_is_being_sent_and_marks_it(
    sqlite_values: DatabaseValues, receiver: Receiver
):
    settings = make_settings(sqlite_values, **KEYS)
    receiver.seconds = 1.0
    async with running_services(settings) as services:
        await services.database.write(lambda s: add_question(s, 1))
        await wait_until(lambda: receiver.arrived == 1, seconds=5)
        assert not receiver.accepted
    assert len(receiver.accepted) == 1
    async with running_services(settings) as services:
        await wait_until(lambda: services.background.is_leader, seconds=5)
        await asyncio.sleep(2.0)
    assert receiver.arrived == 1
