"""Processes for the tests to kill: they say on a pipe what they have done."""

import multiprocessing
import uuid
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from sqlmodel import Session

from chatbot.storage import moving
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import migrate
from chatbot.storage.models import Message, Role, ToolCall, new_id

# A fork of a process that has imported everything: a start costs 10 ms in place of 1 s.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        __name__,
        "alembic.op",
        "alembic.runtime.environment",
        "alembic.script",
        "psycopg",
        "pymysql",
        "sqlalchemy.dialects.mysql.pymysql",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "sqlcipher3.dbapi2",
    ]
)


def start_victim(work: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """Start `work(pipe, *arguments)` in a process; returns it and our end of the pipe."""
    receiver, sender = processes.Pipe(duplex=False)
    victim = processes.Process(target=work, args=(sender, *arguments), daemon=True)
    victim.start()
    sender.close()
    return victim, receiver


def commit_messages(acks: Connection, values: DatabaseValues, conversation_id: uuid.UUID) -> None:
    """Commit a message and its tool call, then say its id; again and again."""
    database = Database(values)

    def add_message(session: Session) -> uuid.UUID:
        message = Message(
            id=new_id(), conversation_id=conversation_id, role=Role.USER, content="x" * 800
        )
        session.add(message)
        session.flush()
        session.add(ToolCall(message_id=message.id, position=0, name="tool", outcome="ok"))
        return message.id

    while True:
        acks.send_bytes(database.write_now(add_message).bytes)


def migrate_once(acks: Connection, values: DatabaseValues) -> None:
    """Say that the migration begins, run it, and say that it has ended."""
    database = Database(values)
    acks.send_bytes(b"begun")
    migrate(database)
    acks.send_bytes(b"ended")


def move_batches(
    acks: Connection, source_values: DatabaseValues, target_values: DatabaseValues, rows: int
) -> None:
    """Say that a move begins, then each batch of so many rows that is in the target."""
    moving.BATCH_ROWS = rows
    source = moving.open_end("FROM", source_values.url, source_values.key)
    target = moving.open_end("TO", target_values.url, target_values.key)
    acks.send_bytes(b"begun")
    moving.move(source, target, lambda *_: acks.send_bytes(b"batch"))
