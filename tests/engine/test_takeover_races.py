"""Takeovers that race with streaming answers: nothing is shown or stored after the switch, and
nothing that was shown before it is lost."""

import asyncio
import random
import uuid
from dataclasses import replace

import pytest
from sqlmodel import col, select

from chatbot.engine.visitor_chat import ChatKey
from chatbot.storage.models import BudgetDay, Conversation, Message
from tests.fakes import Visitor
from tests.floor_parts import END, FloorParts

PIECES = ("I ", "led ", "the ", "payments ", "team, ", "and ", "we ", "cut ", "failures. ")


class Round:
    """One answer that a takeover meets somewhere on its way; `shown` is what a page was given."""

    def __init__(self, here: FloorParts, taker: FloorParts, visitor: Visitor, seed: int) -> None:
        self.here = here
        self.taker = taker
        self.visitor = visitor
        self.conversation_id = visitor.view.conversation_id
        self.random = random.Random(seed)
        self.shown: list[str] = []
        self.is_taken = False

    async def run(self) -> None:
        key = replace(self.visitor.key, client_message_id=uuid.uuid4().hex)
        view = await self.here.chat.send(key, "Tell me about your work")
        self.turn_id = view.messages[-1].id
        following = asyncio.create_task(self._follow(key))
        speaking = asyncio.create_task(self._speak())
        await self._wait(speaking)
        await self.taker.takeover.take(self.conversation_id)
        self.stored = await self._read()
        self.is_taken = True
        await asyncio.gather(following, speaking)
        self._check()
        await self.taker.takeover.hand_back(self.conversation_id)

    async def _wait(self, speaking: asyncio.Task[None]) -> None:
        """Until a point that is before, amid or after the words; each happens in any case."""
        point = self.random.random()
        if point > 0.9:
            await speaking
        elif point > 0.1:
            for _ in range(self.random.randrange(14)):
                await asyncio.sleep(0)
            await asyncio.sleep(self.random.choice((0, 0.002, 0.005, 0.01)))

    async def _speak(self) -> None:
        queue = self.here.answering.queue(self.conversation_id)
        for piece in PIECES:
            queue = self.here.answering.queue(self.conversation_id)
            queue.put_nowait(piece)
            await asyncio.sleep(0 if self.random.random() < 0.7 else 0.001)
        queue.put_nowait(END)

    async def _follow(self, key: ChatKey) -> None:
        async for view in self.here.chat.follow(key):
            answer = next(message for message in view.messages if message.id == self.turn_id)
            self.shown.append(answer.text)
            if self.is_taken and self.taker is self.here:
                assert answer.text == self.stored.content

    async def _read(self) -> Message:
        statement = select(Message).where(Message.id == self.turn_id)
        return await self.here.database.read(lambda session: session.exec(statement).one())

    def _check(self) -> None:
        stored = self.stored
        assert stored.status in ("interrupted", "done")
        assert stored.error == ("taken_over" if stored.status == "interrupted" else None)
        for text in self.shown:
            assert stored.content.startswith(text)
        live = self.here.engine.get_live(self.conversation_id)
        assert live is None or live.turn_id != self.turn_id


async def race(here: FloorParts, taker: FloorParts, *, visitors: int, rounds: int) -> list[Round]:
    async def one(number: int) -> list[Round]:
        done = []
        for turn in range(rounds):
            if turn % 5 == 0:
                visitor = await Visitor.arrive(here.chat)
            done.append(Round(here, taker, visitor, seed=1000 * number + turn))
            await done[-1].run()
        return done

    found = await asyncio.gather(*(one(number) for number in range(visitors)))
    return [item for items in found for item in items]


def check_books(parts: FloorParts, done: list[Round]) -> None:
    """Nothing stored has changed after the switch, money is settled once, and each takeover and
    hand-back has its notice and its epoch."""
    takeovers = len(done)
    after = {each.turn_id: (each.stored.content, each.stored.status) for each in done}

    def work(session):
        rows = session.exec(select(Message).order_by(col(Message.id))).all()
        days = session.exec(select(BudgetDay)).all()
        epochs = session.exec(select(Conversation.floor_epoch)).all()
        found = {row.id: (row.content, row.status) for row in rows if row.role == "assistant"}
        assert found == after
        assert all(row.reserved_micro_usd == 0 for row in rows)
        assert sum(day.reserved_micro_usd for day in days) == 0
        assert sum(day.spent_micro_usd for day in days) == sum(
            row.cost_micro_usd or 0 for row in rows
        )
        assert len([row for row in rows if row.content == "notice:joined"]) == takeovers
        assert len([row for row in rows if row.content == "notice:left"]) == takeovers
        assert sum(epochs) == 2 * takeovers

    parts.database.read_now(work)


@pytest.mark.timeout(400)
async def test_a_thousand_takeovers_race_with_streaming_answers(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        done = await race(parts, parts, visitors=20, rounds=50)
        check_books(parts, done)
    assert len(done) == 1000
    # The race is a race: answers are met before, amid and after their words.
    lengths = {len(each.stored.content) for each in done}
    assert {0, len("".join(PIECES))} < lengths


@pytest.mark.parametrize("database_values", ["PostgreSQL", "MariaDB"], indirect=True)
async def test_takeovers_on_a_server_race_with_streaming_answers(database_values):
    async with FloorParts(database_values) as parts:
        check_books(parts, await race(parts, parts, visitors=10, rounds=6))


@pytest.mark.parametrize("database_values", ["PostgreSQL", "MariaDB"], indirect=True)
async def test_another_process_takes_over_while_this_one_speaks(database_values):
    async with FloorParts(database_values) as here, FloorParts(database_values) as there:
        done = await race(here, there, visitors=10, rounds=6)
        check_books(here, done)
    assert any(each.shown[-1] for each in done)


async def test_what_is_shown_is_saved_before_where_another_process_may_take_over(database_values):
    async with FloorParts(database_values) as here, FloorParts(database_values) as there:
        visitor = await Visitor.arrive(here.chat)
        visitor.view = await here.chat.send(visitor.key, "Tell me about your work")
        conversation_id, turn_id = visitor.view.conversation_id, visitor.messages[-1].id
        live = here.engine.get_live(conversation_id)
        assert live is not None
        here.answering.queue(conversation_id).put_nowait("A first word, ")
        async for _ in live.changes():
            if live.text:
                break
        if here.database.is_sqlite:
            # One process only has the file: its own takeover stores what was shown.
            there = here
        await there.takeover.take(conversation_id)
        here.answering.queue(conversation_id).put_nowait("and words after the switch.")
        here.answering.queue(conversation_id).put_nowait(END)
        assert live.task is not None
        await asyncio.wait([live.task])
        stored = await here.database.read(lambda session: session.get(Message, turn_id))
    assert (stored.content, stored.status) == ("A first word, ", "interrupted")
    assert live.text == "A first word, "
    assert (stored.error, stored.reserved_micro_usd) == ("taken_over", 0)


async def test_a_page_that_has_followed_a_turn_is_not_rung_for_it(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        text = parts.live.make_ticket(visitor.view.session_id, "p")
        ticket = parts.live.read_ticket(text)
        assert ticket is not None
        with parts.live.listening(ticket) as listener:
            assert listener is not None
            with parts.live.following(text, "p") as seen:
                view = await parts.chat.send(visitor.key, "Where did you study?")
                seen(view.read_at)
                parts.answering.queue(view.conversation_id).put_nowait("In Gothenburg.")
                parts.answering.queue(view.conversation_id).put_nowait(END)
                async for shown in parts.chat.follow(visitor.key):
                    seen(shown.read_at)
            await asyncio.sleep(0)
            assert not shown.is_answering
            assert not listener.is_rung


async def test_a_ring_says_that_the_floor_has_passed_and_the_page_reads_it(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        ticket = parts.live.read_ticket(parts.live.make_ticket(visitor.view.session_id, "p"))
        assert ticket is not None
        with parts.live.listening(ticket) as listener:
            assert listener is not None
            await parts.takeover.take(visitor.view.conversation_id)
            assert await listener.next_frames() == ["1"]
        visitor.view = await parts.chat.read(visitor.key)
    assert visitor.view.has_owner
    assert [message.text for message in visitor.messages] == ["notice:joined"]
    assert isinstance(visitor.messages[0].id, uuid.UUID)
