"""Three processes on one database are killed again and again while visitors write and the owner
takes chats over: what was taken is there once, and money and notifications keep to their rules."""

import asyncio
import os
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx
import pytest

from chatbot.storage.models import (
    BudgetDay,
    Contact,
    Conversation,
    Message,
    Notification,
    NotificationStatus,
)
from tests.several_processes import Chat, Processes
from tests.stand_in import Reply

KILLS = int(os.environ.get("SOAK_PROCESS_KILLS", "40"))
VISITORS = 6
BUDGET_USD = "1.0"
SETTLED_SECONDS = 60.0
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


class Traffic:
    """What visitors and the owner do, each thing at whichever process answers."""

    def __init__(self, processes: Processes, seed: int) -> None:
        self.processes = processes
        self.random = random.Random(seed)
        self.sent: list[tuple[str, str]] = []
        self.emails: list[str] = []
        self.takeovers = 0
        self.is_over = False

    async def insist(self, call: Callable[[int], Awaitable[object]]) -> object:
        """Ask one process after the other until one has answered."""
        while True:
            at = self.random.randrange(len(self.processes.apps))
            try:
                return await call(at)
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                response = getattr(error, "response", None)
                # What cannot be taken now, because an answer is being written, is sent later.
                if response is not None and response.status_code not in (409, 422, 500, 503):
                    raise
                await asyncio.sleep(0.2)

    async def visit(self) -> None:
        while not self.is_over:
            chat = await self.insist(lambda at: self.processes.open_chat(at=at))
            assert isinstance(chat, Chat)
            for _ in range(4):
                await self._write(chat)
            if self.random.random() < 0.5:
                email = f"{uuid.uuid4().hex}@example.com"
                await self.insist(lambda at, e=email: self.processes.leave_contact(e, at=at))
                self.emails.append(email)
            if self.random.random() < 0.5:
                await self._take_over(chat)

    async def _write(self, chat: Chat) -> None:
        key = uuid.uuid4().hex
        await self.insist(lambda at: self.processes.send(chat, "What do you do now?", key, at=at))
        self.sent.append((chat.id, key))

    async def _take_over(self, chat: Chat) -> None:
        writing = asyncio.create_task(self._write(chat))
        await asyncio.sleep(self.random.random())
        words = f"I am here: {uuid.uuid4().hex}"
        await self.insist(lambda at: self.processes.say_as_owner(chat, words, at=at))
        self.takeovers += 1
        await writing

    async def kill(self, kills: int) -> None:
        for _ in range(kills):
            await asyncio.sleep(self.random.uniform(1.0, 4.0))
            at = self.random.randrange(len(self.processes.apps))
            self.processes.kill(at)
            await asyncio.sleep(self.random.uniform(0.0, 2.0))
            await asyncio.to_thread(self.processes.restart, at)
        self.is_over = True


async def run_traffic(processes: Processes, kills: int) -> Traffic:
    processes.stand_in.default = Reply(tokens=30, tokens_per_second=30)
    traffic = Traffic(processes, seed=6)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(VISITORS):
            tasks.create_task(traffic.visit())
        tasks.create_task(traffic.kill(kills))
    return traffic


def is_quiet(processes: Processes) -> bool:
    waiting = processes.list_where(Notification, Notification.status == NotificationStatus.PENDING)
    streaming = processes.list_where(Message, Message.status == "streaming")
    return not streaming and not [row for row in waiting if row.claimed_by is not None]


async def wait_until_quiet(processes: Processes) -> None:
    async with asyncio.timeout(SETTLED_SECONDS):
        while not await asyncio.to_thread(is_quiet, processes):
            await asyncio.sleep(0.5)


def check(processes: Processes, traffic: Traffic, kills: int) -> str:
    """Everything is there once; returns the figures."""
    messages = processes.list_rows(Message)
    asked = {(str(row.conversation_id), row.client_message_id): row for row in messages}
    for place in traffic.sent:
        assert asked[place].role == "user"
    answers = Counter(row.reply_to for row in messages if row.role == "assistant")
    assert max(answers.values()) == 1
    silent = [asked[place] for place in traffic.sent if not answers[asked[place].id]]
    # Only while the owner had the floor was nothing said.
    taken = {row.id for row in processes.list_rows(Conversation) if row.floor_epoch > 0}
    assert all(row.conversation_id in taken for row in silent)
    days = processes.list_rows(BudgetDay)
    cap = int(float(BUDGET_USD) * 1_000_000)
    assert all(day.reserved_micro_usd == 0 and day.spent_micro_usd <= cap for day in days)
    assert sum(day.spent_micro_usd for day in days) == sum(
        row.cost_micro_usd or 0 for row in messages
    )
    contacts = [row.email for row in processes.list_rows(Contact)]
    assert set(traffic.emails) <= set(contacts)
    assert len(contacts) == len(set(contacts))
    news = [row for row in processes.list_rows(Notification) if row.kind == "contact"]
    told = Counter(row.payload.get("email") for row in news)
    assert all(told[email] == 1 for email in traffic.emails)
    pushes = Counter(
        email
        for push in processes.receiver.accepted
        for email in traffic.emails
        if email in push.message
    )
    # Only a kill between a send and its mark may send a message again.
    twice = sum(count - 1 for count in pushes.values())
    assert twice <= kills
    ended = Counter(row.error for row in messages if row.role == "assistant")
    return (
        f"{kills} kills, {len(traffic.sent)} messages, {traffic.takeovers} takeovers, "
        f"{len(traffic.emails)} contacts, {twice} pushed twice, "
        f"spent {sum(day.spent_micro_usd for day in days)} of {cap}, ended by {dict(ended)}"
    )


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("kind", ["PostgreSQL", "MariaDB with Redis"])
async def test_many_kills(kind, request, tmp_path):
    name = "_postgres" if kind == "PostgreSQL" else "_mariadb"
    server = request.getfixturevalue(name)
    redis = {} if kind == "PostgreSQL" else {"REDIS_URL": REDIS_URL}
    kills = KILLS if kind == "PostgreSQL" else max(1, KILLS // 4)
    values = server.create("_kills")
    processes = Processes(tmp_path, values, DAILY_BUDGET_USD=BUDGET_USD, **redis)
    try:
        await asyncio.to_thread(processes.__enter__)
        traffic = await run_traffic(processes, kills)
        await wait_until_quiet(processes)
        print(kind, check(processes, traffic, kills))  # noqa: T201
    finally:
        await asyncio.to_thread(processes.__exit__)
        server.drop("_kills")
