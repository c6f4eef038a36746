"""What was deleted is in no table, index, free page or log any more."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlmodel import Session, delete, select

from chatbot.errors import NotSaved
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Contact
from chatbot.storage.visitor_rows import VISITOR_TABLES
from chatbot.storage.wiping import wipe

TABLES = {str(table.__tablename__) for table in VISITOR_TABLES}
GONE, KEPT = "gone-7d31", "kept-7d31"


def read_bytes(values: DatabaseValues) -> bytes:
    """Every byte of an SQLite database and of the files beside it."""
    path = Path(make_url(values.url).database or "")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def add_and_delete(database: Database) -> None:
    """Rows that grow and move between pages, of which every second is deleted."""
    shuffled = random.Random(7)

    def add(session: Session) -> None:
        for number in range(1500):
            mark = GONE if number % 2 else KEPT
            letters = "".join(shuffled.choices("abcdefgh", k=shuffled.choice([4, 20, 60])))
            session.add(Contact(email=f"{letters}{number}@{mark}", name=mark, notes=mark))

    def grow(session: Session) -> None:
        for row in shuffled.sample(session.exec(select(Contact)).all(), 900):
            row.notes = row.name + "y" * shuffled.choice([5, 300, 2500, 6000])
            session.add(row)

    database.write_now(add)
    for _ in range(2):
        database.write_now(grow)
    database.write_now(lambda s: s.exec(delete(Contact).where(Contact.name == GONE)))


@pytest.mark.parametrize("database_values", ["SQLite", "SQLite with key"], indirect=True)
async def test_no_byte_of_what_was_deleted_is_left_in_the_files(
    database_values: DatabaseValues,
) -> None:
    database = Database(database_values)
    add_and_delete(database)
    is_plain = database_values.key is None
    # In the log at least, before anything is wiped; an encrypted file shows nothing at all.
    assert (GONE.encode() in read_bytes(database_values)) == is_plain
    assert await wipe(database, TABLES)
    found = read_bytes(database_values)
    assert GONE.encode() not in found
    assert (KEPT.encode() in found) == is_plain
    names = database.read_now(lambda s: set(s.exec(select(Contact.name)).all()))
    assert names == {KEPT}
    database.close()


@pytest.mark.parametrize("database_values", ["PostgreSQL", "MariaDB"], indirect=True)
async def test_no_dump_of_a_server_shows_what_was_deleted(
    database_values: DatabaseValues,
) -> None:
    database = Database(database_values)
    add_and_delete(database)
    assert await wipe(database, TABLES)
    dumped = dump_server(database_values)
    assert GONE not in dumped
    assert KEPT in dumped
    if database.dialect == "postgresql":
        statement = "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats"
        assert GONE not in str(await database.tend(lambda execute: execute(statement)))
    database.close()


def dump_server(values: DatabaseValues) -> str:
    """Everything in the database as its own tool writes it."""
    url = make_url(values.url)
    place = [f"--host={url.host}", f"--port={url.port or ''}", f"--user={url.username}"]
    if url.get_backend_name() == "postgresql":
        place[2] = f"--username={url.username}"
        command = ["pg_dump", *place, str(url.database)]
    else:
        command = ["mysqldump", "--protocol=tcp", *place, str(url.database)]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def test_a_wipe_waits_for_a_reader_and_is_tried_again(sqlite_values: DatabaseValues) -> None:
    database = Database(sqlite_values)
    add_and_delete(database)
    with Session(database._reader) as reader:
        reader.exec(select(Contact).limit(1)).all()
        assert not await wipe(database, TABLES)
    assert await wipe(database, TABLES)
    assert GONE.encode() not in read_bytes(sqlite_values)
    database.close()


async def test_a_wipe_that_fails_says_so(sqlite_database: Database) -> None:
    with pytest.raises(NotSaved):
        await sqlite_database.tend(lambda execute: execute("VACUUM INTO '/nowhere/at/all'"))
    await sqlite_database.write(lambda session: session.add(Contact(name="after")))
