"""The lines that a wire may run over: PostgreSQL, Redis, or, with neither, looking again and again.

PostgreSQL's LISTEN needs a connection of its own to the server: a pooler that hands out connections
by the transaction (PgBouncer's `transaction` mode) loses it; such an installation takes Redis.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chatbot.errors import ChatbotError
from chatbot.storage.conversations import list_active_since
from chatbot.storage.database import CONNECT_SECONDS, Database
from chatbot.storage.models import utc_now
from chatbot.storage.signals import Signal, SignalKind
from chatbot.storage.wire import LineLost

if TYPE_CHECKING:
    import psycopg

_CHANNEL = "career_chatbot"
# What the connections are called in the lists that the servers keep of them.
WIRE_NAME = "career-chatbot-wire"
# A server that has gone without a word is noticed within about that many seconds.
_SILENT_SECONDS = 5
_REDIS_SECONDS = 5.0
POLL_SECONDS = 0.5
# Longer than a transaction takes from its time stamp to its end, and than clocks differ.
_WINDOW = timedelta(seconds=5)


class PostgresLine:
    """LISTEN and NOTIFY; each database has its own channel."""

    name = "PostgreSQL"
    is_prompt = True

    def __init__(self, database: Database) -> None:
        engine = database.writer_engine()
        _, self._values = engine.dialect.create_connect_args(engine.url)

    @contextmanager
    def open(self, *, listens: bool) -> Iterator["_OpenPostgres"]:
        import psycopg

        try:
            with closing(self._connect()) as connection:
                if listens:
                    connection.execute(f"LISTEN {_CHANNEL}")
                yield _OpenPostgres(connection)
        except psycopg.Error as error:
            # Its words may hold the address; the kind says enough.
            raise LineLost(type(error).__name__) from error

    def _connect(self) -> "psycopg.Connection[Any]":
        import psycopg

        values: dict[str, Any] = {
            **self._values,
            "application_name": WIRE_NAME,
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": _SILENT_SECONDS,
            "keepalives_interval": _SILENT_SECONDS,
            "keepalives_count": 2,
        }
        return psycopg.connect(**values, autocommit=True)


class _OpenPostgres:
    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._asked_at = time.monotonic()

    def send(self, payloads: Sequence[str]) -> None:
        for payload in payloads:
            self._connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, payload))

    def receive(self, seconds: float) -> Sequence[str]:
        come = [note.payload for note in self._connection.notifies(timeout=seconds, stop_after=1)]
        if not come and time.monotonic() - self._asked_at > _SILENT_SECONDS:
            self._connection.execute("SELECT 1")
            self._asked_at = time.monotonic()
        return come


class RedisLine:
    """PUBLISH and SUBSCRIBE; `channel` tells installations apart that share one Redis."""

    name = "Redis"
    is_prompt = True

    def __init__(self, url: str, *, channel: str) -> None:
        self._url = url
        self._channel = channel

    @contextmanager
    def open(self, *, listens: bool) -> Iterator["_OpenRedis"]:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        client = redis.Redis.from_url(
            self._url,
            # One that came back by itself would hide that signals were missed.
            retry=Retry(NoBackoff(), 0),
            client_name=WIRE_NAME,
            decode_responses=True,
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
            health_check_interval=_SILENT_SECONDS,
        )
        try:
            with closing(client), closing(_subscriber(client)) as heard:
                if listens:
                    heard.subscribe(self._channel)
                yield _OpenRedis(client, heard, self._channel)
        except (redis.RedisError, OSError) as error:
            raise LineLost(type(error).__name__) from error


def _subscriber(client: Any) -> Any:
    return client.pubsub(ignore_subscribe_messages=True)


class _OpenRedis:
    def __init__(self, client: Any, heard: Any, channel: str) -> None:
        self._client = client
        self._heard = heard
        self._channel = channel

    def send(self, payloads: Sequence[str]) -> None:
        for payload in payloads:
            self._client.publish(self._channel, payload)

    def receive(self, seconds: float) -> Sequence[str]:
        message = self._heard.get_message(timeout=seconds)
        return [message["data"]] if message else []


class PollLine:
    """Looks twice a second which conversations have changed, whoever changed them.

    It carries nothing that is not stored: neither that somebody is typing, nor that a turn is to
    stop, which its process finds out when it saves the next words.
    """

    name = "polling"
    is_prompt = False

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def open(self, *, listens: bool) -> Iterator["_OpenPoll"]:
        opened = _OpenPoll(self._database)
        if listens:
            opened.look()
        yield opened


class _OpenPoll:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[UUID, datetime] = {}

    def send(self, payloads: Sequence[str]) -> None:
        """What has changed is stored, where the others look."""

    def receive(self, seconds: float) -> Sequence[str]:
        time.sleep(min(seconds, POLL_SECONDS))
        return self.look()

    def look(self) -> Sequence[str]:
        """A payload of rings for what has changed since the last look, if something has."""
        since = utc_now() - _WINDOW
        try:
            rows = self._database.read_now(lambda session: list_active_since(session, since=since))
        except ChatbotError as error:
            raise LineLost(type(error).__name__) from error
        news = [row for row in rows if self._seen.get(row.id) != row.active_at]
        self._seen = {row.id: row.active_at for row in rows}
        signals = [Signal(SignalKind.RING, session_id=row.session_id) for row in news]
        signals += [Signal(SignalKind.RING_OWNER, conversation_id=row.id) for row in news]
        return ["\n".join(["", *(signal.encode() for signal in signals)])] if signals else []
