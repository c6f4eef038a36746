"""Several runs on one database: a turn is stopped from another one, and a dead run's turn ends."""

import asyncio
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from chatbot.engine import other_runs
from chatbot.storage.models import BudgetDay, Lease, Message
from chatbot.storage.signals import SignalKind
from chatbot.storage.wire import Wire
from chatbot.storage.wire_lines import PostgresLine
from tests.fakes import Visitor, list_rows
from tests.floor_parts import PIECE_COST, WORST_CASE, FloorParts

on_servers = pytest.mark.parametrize("database_values", ["PostgreSQL", "MariaDB"], indirect=True)
on_postgres = pytest.mark.parametrize("database_values", ["PostgreSQL"], indirect=True)


async def begin_turn(parts: FloorParts) -> Visitor:
    """A visitor who has been shown the first words of an answer."""
    visitor = await Visitor.arrive(parts.chat)
    visitor.view = await parts.chat.send(visitor.key, "Tell me about your work")
    live = parts.engine.get_live(visitor.view.conversation_id)
    parts.answering.queue(visitor.view.conversation_id).put_nowait("A first word, ")
    async for _ in live.changes():
        if live.text:
            return visitor
    raise AssertionError("nothing was said")


@contextmanager
def wired(*parts: FloorParts):
    """The processes hear each other."""
    loop = asyncio.get_running_loop()
    wires = []
    for one in parts:

        def hear(one, signal):
            one.live.hear(signal)
            if signal.kind is SignalKind.STOP:
                loop.call_soon_threadsafe(
                    one.engine.hear_stop, signal.conversation_id, signal.reason
                )

        wire = Wire(PostgresLine(one.database), sender=uuid.uuid4().hex)
        wire.start(partial(hear, one), lambda: None)
        one.live.tell_others = one.others.tell_others = wire.tell
        wires.append(wire)
    try:
        yield
    finally:
        for wire in wires:
            wire.stop()


def read_answer(parts: FloorParts) -> tuple[Message, BudgetDay]:
    rows = list_rows(parts.database, Message)
    answer = next(row for row in rows if row.role == "assistant")
    return answer, list_rows(parts.database, BudgetDay)[0]


@on_postgres
async def test_a_run_that_hears_the_stop_ends_its_turn_at_its_own_price(
    database_values, monkeypatch
):
    monkeypatch.setattr(other_runs, "ASKED_SECONDS", 20.0)
    async with FloorParts(database_values) as here, FloorParts(database_values) as there:
        visitor = await begin_turn(here)
        # Heard from the start, so that the stop is not sent to a line that is not open yet.
        with wired(here, there):
            await wait_until_heard(here, there)
            view = await there.chat.stop(visitor.key)
        answer, day = read_answer(here)
    assert not view.is_answering
    assert (answer.status, answer.error) == ("interrupted", "stopped")
    assert answer.content == "A first word, "
    assert (day.reserved_micro_usd, day.spent_micro_usd) == (0, PIECE_COST)


async def wait_until_heard(*parts: FloorParts) -> None:
    """Until a ring of each process has reached the pages of the other."""
    for sender, hearer in (parts, reversed(parts)):
        ticket = hearer.live.read_ticket(hearer.live.make_owner_ticket())
        with hearer.live.listening(ticket) as listener:
            async with asyncio.timeout(20):
                while not listener.is_rung:
                    sender.live.ring_owner()
                    await asyncio.sleep(0.05)


@on_servers
async def test_a_run_that_does_not_hear_has_its_turn_ended_where_it_is_stored(database_values):
    async with FloorParts(database_values) as here, FloorParts(database_values) as there:
        visitor = await begin_turn(here)
        live = here.engine.get_live(visitor.view.conversation_id)
        view = await there.chat.stop(visitor.key)
        here.answering.queue(visitor.view.conversation_id).put_nowait("and words after the stop.")
        await asyncio.wait([live.task], timeout=20)
        answer, day = read_answer(here)
    assert not view.is_answering
    assert live.text == answer.content == "A first word, "
    assert (answer.status, answer.error) == ("interrupted", "stopped")
    assert (day.reserved_micro_usd, day.spent_micro_usd) == (0, WORST_CASE)


@on_servers
async def test_where_nothing_is_said_there_is_nothing_to_stop(database_values):
    async with FloorParts(database_values) as here, FloorParts(database_values) as there:
        visitor = await Visitor.arrive(here.chat)
        assert not await there.engine.stop_turn(visitor.view.conversation_id)


def make_old(parts: FloorParts, *, seconds: float) -> None:
    """As if so much time had passed since anything was said of runs and turns."""

    def work(session):
        for row in session.exec(select(Message)).all():
            row.updated_at -= timedelta(seconds=seconds)
        for lease in session.exec(select(Lease)).all():
            lease.expires_at -= timedelta(seconds=seconds)

    parts.database.write_now(work)


@on_servers
async def test_what_a_dead_run_left_is_ended_once_and_its_pages_are_rung(database_values):
    async with FloorParts(database_values) as dead:
        await dead.others.note_alive()
        visitor = await begin_turn(dead)
        async with FloorParts(database_values) as one, FloorParts(database_values) as other:
            make_old(dead, seconds=9)
            assert await one.engine.settle_dead_turns() == 0
            make_old(dead, seconds=2)
            page = one.live.read_ticket(one.live.make_ticket(visitor.view.session_id, "p"))
            with one.live.listening(page) as first, other.live.listening(page) as second:
                runs = [one.engine, other.engine] * 3
                found = await asyncio.gather(*(run.settle_dead_turns() for run in runs))
                await asyncio.sleep(0)
                assert first.is_rung + second.is_rung == sum(found) == 1
            answer, day = read_answer(one)
            assert (answer.status, answer.error) == ("interrupted", "restart")
            assert answer.content == "A first word, "
            assert (day.reserved_micro_usd, day.spent_micro_usd) == (0, WORST_CASE)
            # It can be gone on with, anywhere.
            key = replace(visitor.key, client_message_id=uuid.uuid4().hex)
            assert (await other.chat.continue_answer(key)).is_answering


@on_servers
async def test_a_run_that_says_that_it_is_alive_keeps_a_turn_that_is_silent(database_values):
    async with FloorParts(database_values) as here, FloorParts(database_values) as there:
        await begin_turn(here)
        make_old(here, seconds=3600)
        await here.engine.watch_runs()
        await there.engine.watch_runs()
        assert read_answer(there)[0].status == "streaming"


@on_servers
async def test_a_run_that_has_ended_is_not_waited_for(database_values):
    async with FloorParts(database_values) as here:
        await here.engine.watch_runs()
        assert len(list_rows(here.database, Lease)) == 1
        await here.engine.close()
        assert list_rows(here.database, Lease) == []


@on_servers
async def test_runs_of_long_ago_are_forgotten(database_values):
    async with FloorParts(database_values) as gone, FloorParts(database_values) as here:
        await gone.engine.watch_runs()
        make_old(gone, seconds=7200)
        await here.engine.watch_runs()
        assert [row.holder for row in list_rows(here.database, Lease)] == [here.engine.run_id]


async def test_on_a_file_no_run_says_that_it_is_alive(sqlite_values):
    async with FloorParts(sqlite_values) as here:
        await here.engine.watch_runs()
        assert list_rows(here.database, Lease) == []
