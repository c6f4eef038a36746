"""Moves every row from one database into another, of whatever kinds, and compares each.

While it is read, the source is locked against writing. Until every row was compared, the target's
schema version is a mark instead, on which the program does not start. What is there is not copied
again: a move that was killed goes on when it is begun again.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Float,
    MetaData,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy import Table as SchemaTable
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from chatbot.errors import StartupError
from chatbot.storage.database import Database, DatabaseValues, parse_url
from chatbot.storage.lock import FileLock
from chatbot.storage.migrations import HEAD, MOVING, VERSION_TABLE, migrate, read_version
from chatbot.storage.migrations.refusals import describe_place, refusal
from chatbot.storage.models import Lease, Table, utc_now

BATCH_ROWS = 500
LOCK_SECONDS = 5
# MySQL keeps a FLOAT in four bytes and tells six digits of it.
FLOAT_PRECISION = 2e-6
BEGIN_AGAIN = "Something was changed after the move began. Make TO empty and move again."

Row = dict[str, Any]
Key = tuple[Any, ...]
# Called after each transaction of copying: the table, and how many of its rows are there by now.
Tell = Callable[[str, int], object]


@dataclass(frozen=True)
class Moved:
    """A table whose `rows` are all in the target."""

    table: str
    rows: int


def open_end(name: str, url: str, key: str | None) -> Database:
    """Open one end of a move, which is called `name`: FROM or TO.

    `key` is the passphrase of encrypted SQLite files. Raises StartupError in one line.
    """
    with _named(name):
        place = parse_url(url)
        is_file = place.get_backend_name() == "sqlite"
        if name == "FROM" and is_file and not Path(place.database or "").is_file():
            raise StartupError(f"DATABASE_URL: there is no database {place.database!r} to move.")
        return Database(DatabaseValues(url, key if is_file else None))


def move(
    source: Database, target: Database, tell: Tell = lambda _table, _rows: None
) -> list[Moved]:
    """Copy what `target` lacks, compare every row, and let the program start on it.

    What is left of a move of the same source is gone on with; a target that has all rows already is
    only compared. Raises StartupError in one line, naming what is wrong and the remedy.
    """
    mark = f"{MOVING} {HEAD} {_identify(source)}"
    if _identify(source) == _identify(target):
        raise StartupError("FROM and TO are the same database. Name another one in TO.")
    with ExitStack() as stack:
        with _named("FROM"):
            stack.callback(_lock_file(source).release)
            _check_version(source)
            connection = stack.enter_context(_frozen(source))
        with _named("TO"):
            stack.callback(_lock_file(target).release)
            is_begun = _prepare(target, mark)
            work = _Move(Rows(connection), target, mark if is_begun else HEAD)
            try:
                if is_begun:
                    work.copy(tell)
                return work.compare()
            except DBAPIError as error:
                raise StartupError(
                    f"The move of FROM into TO was broken off ({_first_line(error.orig)}). Run the "
                    "same command again to go on."
                ) from error


def _identify(database: Database) -> str:
    """The same for one database under different users and passwords."""
    url = database.writer_engine().url
    path = str(Path(url.database or "").resolve()) if database.is_sqlite else url.database
    place = [url.get_backend_name(), url.host, url.port, path]
    return hashlib.sha256(json.dumps(place).encode()).hexdigest()[:16]


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Let errors speak of this end where they would speak of the program's own database."""
    try:
        yield
    except StartupError as error:
        message = error.user_message.replace("DATABASE_URL", name)
        raise StartupError(message if name in message else f"{name}: {message}") from error


class _NoLock:
    def release(self) -> None:
        """There is nothing to release."""


def _lock_file(database: Database) -> FileLock | _NoLock:
    """Keep the program off a SQLite file; raises StartupError when it is running on it."""
    if not database.is_sqlite:
        return _NoLock()
    path = Path(database.writer_engine().url.database or "")
    try:
        return FileLock(path)
    except StartupError as error:
        raise StartupError(
            f"DATABASE_URL: the program is running on the database {path}. Stop it first."
        ) from error


def _check_version(source: Database) -> None:
    version = read_version(source)
    if version is None:
        raise StartupError("DATABASE_URL: this database holds no data of this program.")
    if version.startswith(MOVING):
        raise StartupError("DATABASE_URL: a move into this database was not finished.")
    if version != HEAD:
        raise StartupError(
            f"DATABASE_URL: the database has schema version {version}, and this program knows "
            f"{HEAD}. Start the program on it once, so that the two agree."
        )


@contextmanager
def _frozen(source: Database) -> Iterator[Connection]:
    """A connection to read by, while nobody can write."""
    engine = source.writer_engine()
    with engine.connect() as connection:
        # Closed afterwards, and not given back to the pool: that is what frees the locks.
        connection.detach()
        try:
            connection.begin()
            _lock_tables(connection)
        except DBAPIError as error:
            if "lock" in str(error.orig).lower():
                place = describe_place(engine.url)
                raise StartupError(
                    f"DATABASE_URL: another program is writing to {place}. Stop it first."
                ) from error
            raise refusal(error, engine.url) from error
        _refuse_running(connection)
        yield connection


def _lock_tables(connection: Connection) -> None:
    names = sorted(Table.metadata.tables)
    if connection.dialect.name == "sqlite":  # BEGIN IMMEDIATE is the lock
        connection.execute(sql("SELECT 1"))
    elif connection.dialect.name == "postgresql":
        connection.execute(sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        connection.execute(sql(f"LOCK TABLE {', '.join(names)} IN SHARE MODE"))
    else:
        connection.execute(sql(f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}"))
        connection.execute(sql(f"LOCK TABLES {', '.join(f'{name} READ' for name in names)}"))


def _refuse_running(connection: Connection) -> None:
    """The program holds a lease while it runs, and gives it up when it stops."""
    lease = Table.metadata.tables[str(Lease.__tablename__)]
    live = select(lease.c.name).where(lease.c.expires_at > utc_now())
    if connection.execute(live).first() is not None:
        raise StartupError(
            "DATABASE_URL: the program is running on this database. Stop it first; if it crashed, "
            "wait ten seconds."
        )


def _prepare(target: Database, mark: str) -> bool:
    """Make the tables and set the mark; False when there are rows without one."""
    version = read_version(target)
    if version == mark:
        return True
    if version is not None and version.startswith(MOVING):
        raise StartupError(
            "DATABASE_URL: a move from another database, or by another version of the program, was "
            "begun into this one. Make it empty, or name another."
        )
    if version not in (None, HEAD):
        raise StartupError("DATABASE_URL: the database is in use already. Name an empty one.")
    migrate(target)
    engine = target.writer_engine()
    try:
        with engine.begin() as connection:
            rows = Rows(connection)
            if any(rows.count(table) for table in exact_tables()):
                return False
            _set_version(connection, mark)
    except DBAPIError as error:
        raise refusal(error, engine.url) from error
    return True


def _set_version(connection: Connection, version: str) -> None:
    statement = sql(f"UPDATE {VERSION_TABLE} SET version_num = :version")
    connection.execute(statement, {"version": version})


def exact_tables() -> list[SchemaTable]:
    """The tables, parents first, such that NULL and JSON's own null stay what they are."""
    metadata = MetaData()
    tables = [table.to_metadata(metadata) for table in Table.metadata.sorted_tables]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return tables


def _key(table: SchemaTable, row: Row) -> Key:
    return tuple(row[column.name] for column in table.primary_key)


class Rows:
    """What the tables of a database hold, by a connection to it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.is_mysql = connection.dialect.name in ("mysql", "mariadb")

    def count(self, table: SchemaTable) -> int:
        """How many rows a table has."""
        return int(self._connection.scalar(select(func.count()).select_from(table)) or 0)

    def list_batches(self, table: SchemaTable) -> Iterator[list[Row]]:
        """Every row, in the order of the keys, some at a time."""
        columns = list(table.primary_key)
        statement = _select(table).order_by(*columns).limit(BATCH_ROWS)
        rows = self._read(table, statement)
        while rows:
            yield rows
            if len(rows) < BATCH_ROWS:
                return
            last = _key(table, rows[-1])
            rows = self._read(table, statement.where(_is_after(columns, last)))

    def find(self, table: SchemaTable, keys: Sequence[Key]) -> dict[Key, Row]:
        """Those of the rows with these keys that are there."""
        columns = list(table.primary_key)
        if len(columns) == 1:
            is_wanted = columns[0].in_([key[0] for key in keys])
        else:
            is_wanted = tuple_(*columns).in_(keys)
        return {_key(table, row): row for row in self._read(table, _select(table).where(is_wanted))}

    def _read(self, table: SchemaTable, statement: Any) -> list[Row]:
        structured = [c.name for c in table.columns if isinstance(c.type, JSON)]
        rows = [dict(row) for row in self._connection.execute(statement).mappings()]
        for row in rows:
            for name in structured:
                row[name] = _parse(row[name])
        return rows


def _select(table: SchemaTable) -> Any:
    """JSON as its text: read as a value, NULL and JSON's null would be the same."""
    return select(
        *(
            cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column
            for column in table.columns
        )
    )


def _parse(text: str | None) -> Any:
    value = None if text is None else json.loads(text)
    return JSON.NULL if value is None and text is not None else value


def _is_after(columns: list[Any], key: Key) -> Any:
    if len(columns) == 1:
        return columns[0] > key[0]
    values = (literal(value, column.type) for value, column in zip(key, columns, strict=True))
    return tuple_(*columns) > tuple_(*values)


class _Move:
    """The copying and the comparison; `mark` is what the target's version must be meanwhile."""

    def __init__(self, source: Rows, target: Database, mark: str) -> None:
        self._source = source
        self._engine = target.writer_engine()
        self._mark = mark

    def copy(self, tell: Tell) -> None:
        """Add what is missing, each batch in one transaction."""
        for table in exact_tables():
            count = 0
            for rows in self._source.list_batches(table):
                self._add_batch(table, rows)
                count += len(rows)
                tell(table.name, count)

    def _add_batch(self, table: SchemaTable, rows: list[Row]) -> None:
        try:
            self._add(table, rows)
        except (DBAPIError, UnicodeError):
            # One by one, to find which row it is.
            for row in rows:
                self._add_one(table, row)

    def _add_one(self, table: SchemaTable, row: Row) -> None:
        try:
            self._add(table, [row])
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            raise _refused(table, row, _first_line(error.orig)) from error
        except UnicodeError as error:
            raise _refused(table, row, "it is not Unicode") from error

    def _add(self, table: SchemaTable, rows: list[Row]) -> None:
        with self._engine.begin() as connection:
            self._hold_mark(connection)
            there = Rows(connection).find(table, [_key(table, row) for row in rows])
            missing = [row for row in rows if _key(table, row) not in there]
            if missing:
                connection.execute(insert(table), missing)

    def _hold_mark(self, connection: Connection) -> None:
        """Let no other move write beside this one, nor go on when the mark is gone."""
        lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
        statement = sql(f"SELECT version_num FROM {VERSION_TABLE}{lock}")
        if connection.execute(statement).scalar() != self._mark:
            raise StartupError(
                "DATABASE_URL: another program is using this database. Stop it and move again."
            )

    def compare(self) -> list[Moved]:
        """Compare every row, and take the mark away in the same transaction."""
        with self._engine.begin() as connection:
            self._hold_mark(connection)
            target = Rows(connection)
            moved = [self._compare_table(table, target) for table in exact_tables()]
            _set_version(connection, HEAD)
        return moved

    def _compare_table(self, table: SchemaTable, target: Rows) -> Moved:
        is_loose = self._source.is_mysql or target.is_mysql
        count = 0
        for rows in self._source.list_batches(table):
            found = target.find(table, [_key(table, row) for row in rows])
            for row in rows:
                copy = found.get(_key(table, row))
                if copy is None:
                    raise self._fault(table, row, "is missing")
                wrong = [
                    column.name
                    for column in table.columns
                    if not _is_same(column.type, row[column.name], copy[column.name], is_loose)
                ]
                if wrong:
                    raise self._fault(table, row, f"is not the same ({', '.join(wrong)})")
            count += len(rows)
        if (there := target.count(table)) != count:
            raise self._refusal(f"{table.name} has {there:,} rows in TO and {count:,} in FROM")
        return Moved(table.name, count)

    def _fault(self, table: SchemaTable, row: Row, fact: str) -> StartupError:
        return self._refusal(f"{_describe(table, row)} {fact} in TO")

    def _refusal(self, fact: str) -> StartupError:
        if self._mark == HEAD:
            return StartupError(f"TO holds other rows than FROM: {fact}. Name an empty database.")
        return StartupError(f"TO is not what FROM is: {fact}. {BEGIN_AGAIN}")


def _is_same(kind: Any, value: Any, copy: Any, is_loose: bool) -> bool:
    if is_loose and isinstance(kind, Float) and value is not None and copy is not None:
        return math.isclose(value, copy, rel_tol=FLOAT_PRECISION)
    return bool(value == copy)


def _describe(table: SchemaTable, row: Row) -> str:
    return f"{table.name} {'/'.join(str(part) for part in _key(table, row))}"


def _refused(table: SchemaTable, row: Row, reason: str) -> StartupError:
    return StartupError(
        f"TO does not take the row {_describe(table, row)} ({reason}). Correct it in FROM, and "
        "move again."
    )


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().split("\n")[0]
