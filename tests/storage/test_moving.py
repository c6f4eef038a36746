import random
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Uuid,
    insert,
    text,
)

from chatbot import move_database
from chatbot.errors import StartupError
from chatbot.storage import moving
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import HEAD, migrate, read_version
from chatbot.storage.models import Lease, Table, UtcDateTime, new_id
from chatbot.storage.moving import exact_tables, move, open_end
from tests.conftest import KEY
from tests.storage.victims import move_batches, start_victim

ROWS_PER_TABLE = 12
TEXTS = [
    "",
    "plain",
    "Zoë 漢字 🎉 é",
    " spaces around ",
    'it\'s "quoted" \\ and\nbroken\r\n\tup',
    "null",
    "x" * 70_000,
]
STRUCTURES = [
    {"deep": {"list": [1, 2.5, True, None, "é🎉"], "b": 1, "a": 2}},
    [],
    {},
    None,
    JSON.NULL,
    ["12345678901234567890", 12345678901234567890, 1e-7, -0.1],
]
MOMENT = datetime(2026, 11, 26, 7, 9, 36, 999_999, tzinfo=UTC)


def make_value(column: Any, number: int, parents: dict[str, list[Any]]) -> Any:
    """A value that is hard to move, of the column's type; unique where it has to be."""
    kind = column.type
    if column.foreign_keys:
        keys = parents[next(iter(column.foreign_keys)).column.table.name]
        return keys[number % len(keys)]
    if column.nullable and number % 3 == 0:
        return None
    if isinstance(kind, Uuid):
        return new_id()
    if isinstance(kind, JSON):
        values = [v for v in STRUCTURES if v is not None or column.nullable]
        return values[number % len(values)]
    if isinstance(kind, UtcDateTime | DateTime):
        return MOMENT - timedelta(days=400 * number, microseconds=number)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, BigInteger):
        return 9_000_000_000_000_000 + number
    if isinstance(kind, Integer):
        return 2_000_000_000 - number
    if isinstance(kind, Float):
        return 0.8731 + number / 1000
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) * 8 + bytes([number])
    if kind.__class__.__name__ == "LongText":
        return TEXTS[number % len(TEXTS)]
    return f"{number} é🎉{uuid.UUID(int=number).hex}"[: kind.length]


def fill(values: DatabaseValues, rows: int = ROWS_PER_TABLE) -> None:
    parents: dict[str, list[Any]] = {}
    with closing(Database(values)) as database, database.writer_engine().begin() as connection:
        for table in exact_tables():
            made = [
                {column.name: make_value(column, number, parents) for column in table.columns}
                for number in range(rows)
            ]
            connection.execute(insert(table), made)
            parents[table.name] = [next(iter(row.values())) for row in made]


def read_raw(values: DatabaseValues) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a SQLite file as it lies there."""
    with closing(Database(values)) as database:
        return database.work_on_file(
            lambda connection: {
                name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
                for name in Table.metadata.tables
            }
        )


def execute(values: DatabaseValues, statement: str, **parameters: Any) -> int:
    with closing(Database(values)) as database, database.writer_engine().begin() as connection:
        return connection.execute(text(statement), parameters).rowcount


def run_move(
    source_values: DatabaseValues, target_values: DatabaseValues, **options: Any
) -> dict[str, int]:
    with (
        closing(open_end("FROM", source_values.url, source_values.key)) as source,
        closing(open_end("TO", target_values.url, target_values.key)) as target,
    ):
        return {moved.table: moved.rows for moved in move(source, target, **options)}


def refuse(source_values: DatabaseValues, target_values: DatabaseValues, **options: Any) -> str:
    with pytest.raises(StartupError) as refused:
        run_move(source_values, target_values, **options)
    assert "\n" not in refused.value.user_message
    return refused.value.user_message


@pytest.fixture
def filled(sqlite_template: Path, tmp_path: Path) -> DatabaseValues:
    path = tmp_path / "filled.db"
    path.write_bytes(sqlite_template.read_bytes())
    values = DatabaseValues(f"sqlite:///{path}")
    fill(values)
    return values


@pytest.fixture
def back(tmp_path: Path) -> DatabaseValues:
    return DatabaseValues(f"sqlite:///{tmp_path / 'new folder' / 'back.db'}")


def test_there_and_back_is_what_it_was(filled, unmigrated_values, back, monkeypatch):
    monkeypatch.setattr(moving, "BATCH_ROWS", 5)
    for null in ("IS NULL", "= 'null'"):
        assert execute(filled, f"UPDATE job_description SET fit = fit WHERE fit {null}") > 0
    moved = run_move(filled, unmigrated_values)
    assert set(moved.values()) == {ROWS_PER_TABLE}
    assert set(moved) == set(Table.metadata.tables)
    run_move(unmigrated_values, back)
    assert read_raw(back) == read_raw(filled)


@pytest.mark.parametrize("unmigrated_values", ["SQLite", "PostgreSQL", "MariaDB"], indirect=True)
def test_a_finished_move_is_only_compared(filled, unmigrated_values):
    told: list[str] = []
    run_move(filled, unmigrated_values)
    moved = run_move(filled, unmigrated_values, tell=lambda table, _rows: told.append(table))
    assert set(moved.values()) == {ROWS_PER_TABLE}
    assert told == []
    with closing(Database(unmigrated_values)) as database:
        migrate(database)
        assert read_version(database) == HEAD


@pytest.mark.parametrize("unmigrated_values", ["SQLite", "PostgreSQL", "MariaDB"], indirect=True)
def test_a_move_killed_again_and_again_ends_whole(filled, unmigrated_values, back, monkeypatch):
    batches = sum(-(-ROWS_PER_TABLE // 5) for _ in Table.metadata.tables)
    for _ in range(4):
        victim, said = start_victim(move_batches, filled, unmigrated_values, 5)
        assert said.recv_bytes() == b"begun"
        for _ in range(random.randrange(batches)):
            said.recv_bytes()
        victim.kill()
        victim.join()
        with closing(Database(unmigrated_values)) as database:
            with pytest.raises(StartupError, match="not all rows have been moved"):
                migrate(database)
    monkeypatch.setattr(moving, "BATCH_ROWS", 7)
    run_move(filled, unmigrated_values)
    run_move(unmigrated_values, back)
    assert read_raw(back) == read_raw(filled)


CHANGES = {
    "a changed text": ("UPDATE message SET content = 'tampered' WHERE id = :id", "not the same"),
    "a changed moment": ("UPDATE message SET created_at = :moment WHERE id = :id", "(created_at)"),
    "a changed structure": ("UPDATE message SET citations = '[1]' WHERE id = :id", "(citations)"),
    "a missing row": ("DELETE FROM withheld", "is missing in TO"),
    "one row more": (
        "INSERT INTO budget_day (day, reserved_micro_usd, spent_micro_usd, updated_at) "
        "VALUES ('2031-01-01', 0, 0, :moment)",
        "budget_day has 13 rows in TO and 12 in FROM",
    ),
}


@pytest.mark.parametrize(
    ("unmigrated_values", "change"),
    [
        *(("PostgreSQL", change) for change in CHANGES),
        ("SQLite", "a changed text"),
        ("MariaDB", "a changed moment"),
    ],
    indirect=["unmigrated_values"],
)
def test_a_row_that_is_not_the_same_is_found(filled, unmigrated_values, change):
    statement, fault = CHANGES[change]
    keys = read_raw(filled)["message"]
    key = uuid.UUID(keys[7][0])
    native = unmigrated_values.url.startswith("postgresql")
    moment = MOMENT.replace(tzinfo=None, microsecond=1).isoformat(" ")
    parameters = {"id": key if native else key.hex, "moment": moment}
    wanted = {name: value for name, value in parameters.items() if f":{name}" in statement}

    def tamper(table: str, rows: int) -> None:
        if table == last and rows == ROWS_PER_TABLE:
            assert execute(unmigrated_values, statement, **wanted) > 0

    last = exact_tables()[-1].name
    assert fault in refuse(filled, unmigrated_values, tell=tamper)
    with closing(Database(unmigrated_values)) as database:
        with pytest.raises(StartupError, match="not all rows have been moved"):
            migrate(database)


@pytest.mark.parametrize("unmigrated_values", ["PostgreSQL"], indirect=True)
def test_a_source_that_changed_between_two_runs_is_found(filled, unmigrated_values):
    def stop(table: str, _rows: int) -> None:
        if table == "message":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_move(filled, unmigrated_values, tell=stop)
    execute(filled, "UPDATE conversation SET title = 'another'")
    assert "is not the same (title)" in refuse(filled, unmigrated_values)


@pytest.mark.parametrize("unmigrated_values", ["SQLite", "PostgreSQL", "MariaDB"], indirect=True)
def test_nobody_can_write_to_the_source_meanwhile(filled, unmigrated_values, back):
    waits = {
        "sqlite": "PRAGMA busy_timeout = 0",
        "postgresql": "SET lock_timeout = 100",
        "mysql": "SET lock_wait_timeout = 1",
    }
    refused: list[str] = []

    def write(table: str, _rows: int) -> None:
        if table != "message":
            return
        with closing(Database(unmigrated_values)) as database:
            engine = database.writer_engine()
            connection = engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(waits[database.dialect])
                cursor.execute("UPDATE conversation SET title = 'another'")
            except engine.dialect.loaded_dbapi.Error as error:
                refused.append(str(error))
            finally:
                connection.close()

    run_move(filled, unmigrated_values)
    run_move(unmigrated_values, back, tell=write)
    assert len(refused) == 1
    assert "lock" in refused[0].lower()


def test_a_source_that_the_program_runs_on_is_refused(database, database_values, back):
    expires_at = datetime.now(UTC) + timedelta(minutes=1)
    database.write_now(lambda s: s.add(Lease(name="any", holder=new_id(), expires_at=expires_at)))
    database.close()
    assert refuse(database_values, back).startswith("FROM: the program is running on this database")


def test_a_source_that_another_program_writes_to_is_refused(
    database, database_values, back, monkeypatch
):
    monkeypatch.setattr(moving, "LOCK_SECONDS", 1)
    with database.writer_engine().begin() as connection:
        connection.execute(text("UPDATE lease SET name = name"))
        connection.execute(text("DELETE FROM budget_day"))
        line = refuse(database_values, back)
    assert line.startswith("FROM: ") or "in use by another program" in line
    assert "Stop" in line


def test_a_file_that_the_program_has_open_is_refused(filled, back):
    with closing(open_end("FROM", filled.url, None)) as running:
        lock = moving._lock_file(running)
        assert "FROM: the program is running on the database" in refuse(filled, back)
        lock.release()
    run_move(filled, back)


def test_an_encrypted_file_is_moved_and_stays_encrypted(tmp_path, encrypted_template, back):
    path = tmp_path / "encrypted.db"
    path.write_bytes(encrypted_template.read_bytes())
    source = DatabaseValues(f"sqlite:///{path}", KEY)
    fill(source)
    target = DatabaseValues(back.url, KEY)
    run_move(source, target)
    assert read_raw(target) == read_raw(source)
    assert (
        not (back_file := Path(back.url.removeprefix("sqlite:///")))
        .read_bytes()
        .startswith(b"SQLite format 3")
    ), back_file


@pytest.mark.parametrize("unmigrated_values", ["PostgreSQL", "MariaDB"], indirect=True)
def test_an_encrypted_file_goes_to_a_server_and_back(
    tmp_path, encrypted_template, unmigrated_values, back
):
    path = tmp_path / "encrypted.db"
    path.write_bytes(encrypted_template.read_bytes())
    source, target = DatabaseValues(f"sqlite:///{path}", KEY), DatabaseValues(back.url, KEY)
    fill(source, rows=3)
    run_move(source, DatabaseValues(unmigrated_values.url, None))
    run_move(DatabaseValues(unmigrated_values.url, None), target)
    assert read_raw(target) == read_raw(source)


OWNER_AWAY = (
    "INSERT INTO owner_state (name, presence, updated_at) "
    "VALUES ('owner', 'away', '2026-01-01 00:00:00')"
)


def test_a_target_with_rows_of_its_own_is_refused(filled, database, database_values):
    database.close()
    execute(database_values, OWNER_AWAY)
    line = refuse(filled, database_values)
    assert line.startswith("TO holds other rows than FROM: ")
    assert line.endswith("Name an empty database.")
    with closing(Database(database_values)) as again:
        migrate(again)


def test_a_target_of_another_move_is_refused(filled, back, tmp_path, sqlite_template):
    other = DatabaseValues(f"sqlite:///{tmp_path / 'other.db'}")
    Path(tmp_path / "other.db").write_bytes(sqlite_template.read_bytes())

    def stop(_table: str, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_move(filled, back, tell=stop)
    assert refuse(other, back).startswith("TO: a move from another database")
    assert refuse(back, other).startswith("FROM: a move into this database was not finished")


@pytest.mark.parametrize("unmigrated_values", ["PostgreSQL", "MariaDB"], indirect=True)
def test_a_row_that_the_target_does_not_take_is_named(filled, unmigrated_values):
    execute(filled, "UPDATE conversation SET title = :long WHERE floor_epoch % 2", long="x" * 500)
    line = refuse(filled, unmigrated_values)
    assert line.startswith("TO does not take the row conversation ")
    assert line.endswith("Correct it in FROM, and move again.")


def test_a_schema_that_is_behind_is_refused(filled, back):
    execute(filled, "UPDATE schema_version SET version_num = '0007'")
    assert "FROM: the database has schema version 0007" in refuse(filled, back)


def test_one_database_is_not_both(filled):
    assert refuse(filled, filled).startswith("FROM and TO are the same database")


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("source", "target", "line"),
    [
        ("", "sqlite:///x.db", "Name both databases"),
        ("sqlite:///missing.db", "sqlite:///x.db", "FROM: there is no database 'missing.db'"),
        ("chatbot.db", "sqlite:///x.db", "FROM is not a database address"),
        ("FILLED", "nonsense://x", "TO is not a database address"),
        ("FILLED", "postgresql://host", "TO names no database"),
        ("FILLED", f"postgresql://a:{SECRET}@127.0.0.1:1/x", "TO: the database server at"),
        ("FILLED", f"mysql://a:{SECRET}@127.0.0.1:1/x", "TO: the database server at"),
        (f"mysql://a:{SECRET}@127.0.0.1:1/x", "FILLED", "FROM: the database server at"),
        ("FILLED", f"postgresql://a:{SECRET}@x@127.0.0.1/x", "TO: write the @"),
        ("FILLED", "sqlite:////proc/none/x.db", "TO: the folder /proc/none"),
    ],
)
def test_a_wrong_address_is_one_clear_line(filled, tmp_path, monkeypatch, source, target, line):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StartupError) as refused:
        move_database.run(*(filled.url if url == "FILLED" else url for url in (source, target)))
    assert refused.value.user_message.startswith(line)
    assert "\n" not in refused.value.user_message
    assert SECRET not in refused.value.user_message


@pytest.mark.parametrize("unmigrated_values", ["PostgreSQL"], indirect=True)
def test_the_command_tells_the_rows_and_no_password(filled, unmigrated_values, tmp_path):
    url = unmigrated_values.url.replace("root@", f"root:{SECRET}@")
    command = [sys.executable, "-m", "chatbot.move_database", filled.url, url]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"All {ROWS_PER_TABLE * len(Table.metadata.tables):,} rows" in done.stdout
    assert "message                           12" in done.stdout
    assert SECRET not in done.stdout + done.stderr
