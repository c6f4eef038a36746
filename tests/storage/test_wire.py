"""Signals between processes: each line carries them, and what breaks it makes all read again."""

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis
from sqlalchemy import text

from chatbot.storage.database import Database
from chatbot.storage.models import ChatSession, Conversation, utc_now
from chatbot.storage.signals import Signal, SignalKind, read_signal
from chatbot.storage.wire import Line, LineLost, Wire
from chatbot.storage.wire_lines import WIRE_NAME, PollLine, PostgresLine, RedisLine

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
WAIT_SECONDS = 20.0

on_postgres = pytest.mark.parametrize("database_values", ["PostgreSQL"], indirect=True)
on_mariadb = pytest.mark.parametrize("database_values", ["MariaDB"], indirect=True)


class End:
    """One process on the wire: what it has heard, and how often it may have missed something."""

    def __init__(self, line: Line, sender: str) -> None:
        self.wire = Wire(line, sender=sender)
        self.heard: list[Signal] = []
        self.missed = 0
        self._changed = threading.Condition()

    def start(self) -> None:
        self.wire.start(self._hear, self._miss)
        self.wait(lambda: self.missed == 1)

    def wait(self, is_so: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, WAIT_SECONDS), (self.heard, self.missed)

    def _hear(self, signal: Signal) -> None:
        with self._changed:
            self.heard.append(signal)
            self._changed.notify_all()

    def _miss(self) -> None:
        with self._changed:
            self.missed += 1
            self._changed.notify_all()


@contextmanager
def two_ends(line: Line) -> Iterator[tuple[End, End]]:
    ends = End(line, "one"), End(line, "other")
    for end in ends:
        end.start()
    try:
        yield ends
    finally:
        for end in ends:
            end.wire.stop()


@contextmanager
def redis_line() -> Iterator[tuple[RedisLine, redis.Redis]]:
    with redis.Redis.from_url(REDIS_URL) as client:
        try:
            client.ping()
        except redis.RedisError:
            pytest.skip(f"Redis is not reachable at {REDIS_URL}")
        yield RedisLine(REDIS_URL, channel=f"test:{uuid.uuid4()}"), client


def check_carrying(line: Line) -> None:
    signals = [Signal(SignalKind.RING, session_id=uuid.uuid4()) for _ in range(120)]
    stop = Signal(SignalKind.STOP, conversation_id=uuid.uuid4(), reason="taken_over")
    with two_ends(line) as (one, other):
        begun = time.monotonic()
        for signal in [*signals, stop]:
            one.wire.tell(signal)
        other.wait(lambda: stop in other.heard)
        assert time.monotonic() - begun < WAIT_SECONDS / 2
        other.wire.tell(stop)
        one.wait(lambda: stop in one.heard)
    assert other.heard == [*signals, stop]
    # Its own signals come back to nobody.
    assert one.heard == [stop]


def check_reconnecting(line: Line, cut: Callable[[], object]) -> None:
    ring = Signal(SignalKind.RING, session_id=uuid.uuid4())
    with two_ends(line) as (one, other):
        one.wire.tell(ring)
        other.wait(lambda: ring in other.heard)
        other.heard.clear()
        cut()
        other.wait(lambda: other.missed == 2)
        one.wait(lambda: one.missed == 2)
        one.wire.tell(ring)
        # What the broken line swallowed nobody can name: all are rung in its place.
        everybody = Signal(SignalKind.RING_ALL)
        other.wait(lambda: bool({ring, everybody} & set(other.heard)))


@on_postgres
def test_postgres_carries_signals(database: Database):
    check_carrying(PostgresLine(database))


@on_postgres
def test_a_broken_line_to_postgres_is_made_again(database: Database):
    ended = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = current_database() AND application_name = '{WIRE_NAME}'"
    )
    check_reconnecting(
        PostgresLine(database),
        lambda: database.read_now(lambda session: session.connection().execute(ended).all()),
    )


def test_redis_carries_signals():
    with redis_line() as (line, _):
        check_carrying(line)


def test_a_broken_line_to_redis_is_made_again():
    with redis_line() as (line, client):
        # Others may use the same Redis: only what began here is cut.
        before = {one["id"] for one in client.client_list()}

        def cut():
            for one in client.client_list():
                if one["name"] == WIRE_NAME and one["id"] not in before:
                    client.client_kill_filter(_id=one["id"])

        check_reconnecting(line, cut)


def add_conversation(database: Database) -> Conversation:
    visitor = ChatSession(token_hash=uuid.uuid4().hex, channel="page")
    conversation = Conversation(session_id=visitor.id)

    def work(session):
        session.add(visitor)
        session.flush()
        session.add(conversation)

    database.write_now(work)
    return conversation


@on_mariadb
def test_what_another_process_changes_is_seen_by_polling(database: Database):
    with two_ends(PollLine(database)) as (_, other):
        conversation = add_conversation(database)
        rings = {
            Signal(SignalKind.RING, session_id=conversation.session_id),
            Signal(SignalKind.RING_OWNER, conversation_id=conversation.id),
        }
        other.wait(lambda: rings <= set(other.heard))
        heard = len(other.heard)

        def touch(session):
            session.get(Conversation, conversation.id).active_at = utc_now()

        database.write_now(touch)
        other.wait(lambda: len(other.heard) > heard)
    # Each change once.
    assert len(other.heard) == 2 * len(rings)


class DeadLine:
    """Never connects."""

    name = "dead"
    is_prompt = True

    def open(self, *, listens: bool):
        raise LineLost(f"{listens}")


def test_a_line_that_never_holds_costs_nothing_but_the_signals():
    wire = Wire(DeadLine(), sender="one")
    wire.start(lambda _: None, lambda: None)
    for _ in range(5000):
        wire.tell(Signal(SignalKind.RING, session_id=uuid.uuid4()))
    assert len(wire._waiting) <= 1001
    wire.stop()
    assert not any(thread.is_alive() for thread in wire._threads)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ring",
        "shout - - -",
        "ring not-an-id - -",
        "stop - - Reason with words",
        "stop - - UPPER",
        "ring - - - -",
    ],
)
def test_a_line_that_no_run_wrote_is_no_signal(line):
    assert read_signal(line) is None


@pytest.mark.parametrize("kind", SignalKind)
def test_a_signal_is_read_as_it_was_written(kind):
    signal = Signal(kind, uuid.uuid4(), uuid.uuid4(), "taken_over")
    assert read_signal(signal.encode()) == signal
    assert len(signal.encode()) <= 130
    assert read_signal(Signal(kind).encode()) == Signal(kind)
