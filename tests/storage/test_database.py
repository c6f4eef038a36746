import asyncio
import random
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlcipher3 import dbapi2 as sqlcipher
from sqlmodel import Session, col, func, select

from chatbot.errors import NotLoaded, NotSaved, StartupError
from chatbot.storage.database import SERVER_POOL, Database, DatabaseValues
from chatbot.storage.models import (
    BudgetDay,
    ChatSession,
    Contact,
    Conversation,
    Message,
    ToolCall,
    new_id,
)
from tests.conftest import KEY
from tests.storage.victims import commit_messages, start_victim

DAY = "2026-01-31"
LOCKED_SECONDS = 1.5


def add_day(session: Session, *, day: str = DAY) -> None:
    session.add(BudgetDay(day=day))


def spend_one(session: Session, *, day: str = DAY) -> None:
    row = session.exec(select(BudgetDay).where(BudgetDay.day == day).with_for_update()).one()
    row.spent_micro_usd += 1


def spent(session: Session) -> int:
    return session.exec(select(BudgetDay.spent_micro_usd).where(BudgetDay.day == DAY)).one()


def add_conversation(session: Session) -> uuid.UUID:
    owner = ChatSession(token_hash=uuid.uuid4().hex)
    session.add(owner)
    session.flush()
    conversation = Conversation(session_id=owner.id)
    session.add(conversation)
    return conversation.id


@contextmanager
def row_held_by_another_program(values: DatabaseValues) -> Iterator[None]:
    """Holds what `spend_one` needs: the whole file on SQLite, the row on the servers."""
    other = Database(values)
    with other.writer_engine().connect() as connection:
        connection.execute(text("UPDATE budget_day SET spent_micro_usd = 1000"))
        yield
    other.close()


async def longest_gap(seconds: float) -> float:
    """The longest time in which the event loop ran nothing."""
    end = time.perf_counter() + seconds
    longest = 0.0
    while (before := time.perf_counter()) < end:
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before)
    return longest


def test_concurrent_updates_of_two_programs_are_all_counted(
    database: Database, database_values: DatabaseValues
):
    database.write_now(add_day)
    programs = [database, Database(database_values)]

    def spend_fifty(thread: int) -> None:
        for _ in range(50):
            programs[thread % 2].write_now(spend_one)

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(spend_fifty, range(32)))
    programs[1].close()
    assert database.read_now(spent) == 32 * 50


def test_what_a_reader_writes_is_not_kept(database: Database):
    with suppress(OperationalError):
        database.read_now(add_day)
    with database.writer_engine().connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM budget_day")).scalar() == 0


def test_a_reader_of_sqlite_is_refused_a_write(sqlite_database: Database):
    with pytest.raises(NotLoaded) as caught:
        sqlite_database.read_now(lambda session: session.exec(text("DELETE FROM message")))
    assert "readonly" in str(caught.value.__cause__)


def test_rows_can_be_used_after_their_transaction(sqlite_database: Database):
    def add_contact(session: Session) -> Contact:
        contact = Contact(name="Ada")
        session.add(contact)
        return contact

    written = sqlite_database.write_now(add_contact)
    read = sqlite_database.read_now(lambda session: session.exec(select(Contact)).one())
    assert written.name == read.name == "Ada"


async def test_the_event_loop_runs_on_while_another_program_holds_the_lock(
    database: Database, database_values: DatabaseValues
):
    await database.write(add_day)
    with row_held_by_another_program(database_values):
        write = asyncio.create_task(database.write(spend_one))
        gap = await longest_gap(LOCKED_SECONDS)
        assert not write.done()
    await write
    assert gap < LOCKED_SECONDS / 2
    assert await database.read(spent) == 1


async def test_readers_go_on_beside_a_writer(database: Database, database_values: DatabaseValues):
    await database.write(add_day)
    with row_held_by_another_program(database_values):
        write = asyncio.create_task(database.write(spend_one))
        await asyncio.sleep(0.05)
        before = await asyncio.gather(*(database.read(spent) for _ in range(20)))
        assert not write.done()
    await write
    assert before == [0] * 20
    assert await database.read(spent) == 1


async def test_a_write_is_finished_when_its_caller_is_cancelled(database: Database):
    may_end = threading.Event()
    threads = 1 if database.is_sqlite else SERVER_POOL
    ahead = [asyncio.create_task(database.write(lambda _: may_end.wait(5))) for _ in range(threads)]
    caller = asyncio.create_task(database.write(add_day))
    await asyncio.sleep(0.05)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_end.set()
    await asyncio.gather(*ahead)
    await asyncio.to_thread(database.close)
    assert database.read_now(spent) == 0


def test_a_full_disk_is_not_saved_and_the_next_write_is(sqlite_database: Database):
    def limit_pages(session: Session) -> None:
        session.exec(text("PRAGMA max_page_count = 1"))  # rounded up to the size of the file

    def free_pages(session: Session) -> None:
        session.exec(text("PRAGMA max_page_count = 4294967294"))

    def add_much(session: Session) -> None:
        session.add(Contact(notes="x" * 200_000))

    sqlite_database.write_now(limit_pages)
    with pytest.raises(NotSaved):
        sqlite_database.write_now(add_much)
    sqlite_database.write_now(free_pages)
    sqlite_database.write_now(add_much)
    assert sqlite_database.read_now(lambda s: s.exec(select(func.count(Contact.id))).one()) == 1


def test_a_broken_constraint_is_an_integrity_error_and_rolls_back(database: Database):
    def add_two(session: Session) -> None:
        add_day(session)
        session.add(Contact(email="ada@example.com"))
        session.flush()
        session.add(Contact(email="ada@example.com"))

    with pytest.raises(IntegrityError):
        database.write_now(add_two)
    assert database.read_now(lambda session: session.exec(select(BudgetDay)).all()) == []


def test_a_missing_parent_is_an_integrity_error(database: Database):
    with pytest.raises(IntegrityError):
        database.write_now(lambda s: s.add(Conversation(session_id=new_id())))


def test_an_error_of_the_work_rolls_back(database: Database):
    def add_and_fail(session: Session) -> None:
        add_day(session)
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(add_and_fail)
    assert database.read_now(lambda session: session.exec(select(BudgetDay)).all()) == []


def test_a_deadlock_is_tried_again(database: Database):
    days = ["2026-02-01", "2026-02-02"]
    for day in days:
        database.write_now(lambda session, day=day: add_day(session, day=day))
    both_hold_one_row = threading.Barrier(2)
    tries: list[int] = []

    def spend_both(order: list[str]) -> None:
        def work(session: Session) -> None:
            tries.append(1)
            spend_one(session, day=order[0])
            session.flush()
            if len(tries) <= 2 and not database.is_sqlite:
                both_hold_one_row.wait(5)
            spend_one(session, day=order[1])

        database.write_now(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(spend_both, [days, days[::-1]]))
    rows = database.read_now(lambda session: session.exec(select(BudgetDay)).all())
    assert [row.spent_micro_usd for row in rows] == [2, 2]
    assert len(tries) == 2 if database.is_sqlite else len(tries) >= 3


def test_kill_9_loses_nothing_that_was_committed(
    database_values: DatabaseValues, database: Database
):
    conversation_id = database.write_now(add_conversation)
    acked: set[uuid.UUID] = set()
    kills = 30 if database.is_sqlite else 5
    for _ in range(kills):
        acked |= ids_acked_until_killed(database_values, conversation_id)
    # One statement: a server may still be ending the killed client's last commit.
    pairs = database.read_now(
        lambda session: session.exec(
            select(Message.id, ToolCall.message_id).outerjoin(
                ToolCall, col(ToolCall.message_id) == col(Message.id)
            )
        ).all()
    )
    messages = {message_id for message_id, _ in pairs}
    assert acked <= messages
    assert len(pairs) == len(messages) <= len(acked) + kills
    assert all(message_id == of_tool_call for message_id, of_tool_call in pairs)


def ids_acked_until_killed(values: DatabaseValues, conversation_id: uuid.UUID) -> set[uuid.UUID]:
    victim, acks = start_victim(commit_messages, values, conversation_id)
    acked = {uuid.UUID(bytes=acks.recv_bytes())}
    time.sleep(random.uniform(0, 0.02))
    victim.kill()
    victim.join()
    with suppress(EOFError):
        while True:
            acked.add(uuid.UUID(bytes=acks.recv_bytes()))
    if values.url.startswith("sqlite"):
        assert_file_is_sound(values)
    return acked


def assert_file_is_sound(values: DatabaseValues) -> None:
    after_the_kill = Database(values)
    with after_the_kill.writer_engine().connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    after_the_kill.close()


def test_an_encrypted_file_shows_nothing_of_its_content(tmp_path: Path, encrypted_template):
    path = tmp_path / "chatbot.db"
    shutil.copy(encrypted_template, path)
    database = Database(DatabaseValues(f"sqlite:///{path}", KEY))
    database.write_now(lambda session: session.add(Contact(notes="PLAIN MARKER " * 1000)))
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    database.close()
    files += path.read_bytes()
    assert len(files) > 26_000
    for marker in [b"PLAIN MARKER", b"chat_session", b"SQLite format 3", KEY.encode()]:
        assert marker not in files
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(path).execute("SELECT * FROM contact")


def test_a_plain_file_is_an_ordinary_sqlite_file(sqlite_database: Database):
    path = sqlite_database.writer_engine().url.database
    sqlite_database.close()
    assert sqlite3.connect(path).execute("SELECT COUNT(*) FROM contact").fetchone() == (0,)


def test_what_is_deleted_is_erased_from_the_file(tmp_path: Path, sqlite_database: Database):
    sqlite_database.write_now(lambda session: session.add(Contact(notes="FORGET ME " * 1000)))
    sqlite_database.write_now(lambda session: session.exec(delete(Contact)))
    sqlite_database.close()
    assert b"FORGET ME" not in (tmp_path / "chatbot.db").read_bytes()


def test_the_sqlite_library_is_past_the_wal_reset_bug():
    assert sqlcipher.sqlite_version_info >= (3, 51, 3)


def test_sqlite_commits_are_durable_and_the_schema_is_not_trusted(sqlite_database: Database):
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "secure_delete": 1,
        "trusted_schema": 0,
        "mmap_size": 0,
    }
    with sqlite_database.writer_engine().connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("url", "key", "line"),
    [
        ("chatbot.db", None, "DATABASE_URL is not a database address. Use sqlite:///file.db"),
        ("oracle://host/name", None, "DATABASE_URL is not a database address."),
        ("postgresql://host:port/name", None, "DATABASE_URL is not a database address."),
        ("sqlite://", None, "DATABASE_URL names no file."),
        ("postgresql://me:pass@word@host/name", None, "write the @ of the password as %40"),
        ("mysql://me@host/", None, "DATABASE_URL names no database."),
        ("postgresql://me@host/name", "key", "DATABASE_KEY encrypts SQLite files only"),
    ],
)
def test_a_useless_address_stops_the_start(url: str, key: str | None, line: str):
    with pytest.raises(StartupError) as stopped:
        Database(DatabaseValues(url, key))
    assert line in str(stopped.value)
    assert "pass" not in str(stopped.value).replace("password", "")


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StartupError, match="the folder .* cannot be made"):
        Database(DatabaseValues(f"sqlite:///{tmp_path}/file/chatbot.db"))


def test_an_encrypted_file_without_a_key_stops_the_start(encrypted_template: Path):
    with pytest.raises(StartupError, match="Set DATABASE_KEY"):
        Database(DatabaseValues(f"sqlite:///{encrypted_template}"))


def test_a_key_for_a_plain_file_stops_the_start(sqlite_template: Path):
    with pytest.raises(StartupError, match="Remove DATABASE_KEY"):
        Database(DatabaseValues(f"sqlite:///{sqlite_template}", KEY))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_form_of_a_postgresql_address_is_understood(scheme: str):
    engine = Database(DatabaseValues(f"{scheme}://me:secret@host:5432/name")).writer_engine()
    assert engine.url == make_url("postgresql+psycopg://me:secret@host:5432/name")


def test_the_values_do_not_print_the_key():
    assert KEY not in repr(DatabaseValues("sqlite:///chatbot.db", KEY))
