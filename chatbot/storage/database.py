"""The one door to the database: `read()` and `write()` on SQLite, PostgreSQL and MySQL/MariaDB.

SQLite is written by one connection behind one lock, with BEGIN IMMEDIATE: with SQLAlchemy's
defaults, 1,469 of 1,600 concurrent read-modify-write commits were lost without an error. Readers
are separate `query_only` connections, which WAL lets run beside the writer. The driver is
sqlcipher3, because its wheels carry an SQLite that is past the WAL-reset corruption bug of
3.7.0-3.51.2 (https://sqlite.org/wal.html#walresetbug), with or without encryption.
"""

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlmodel import Session

from chatbot.errors import NotLoaded, NotSaved, StartupError

Result = TypeVar("Result")
# Runs one SQL statement outside of a transaction and returns its rows.
Execute = Callable[[str], list[Any]]

READER_THREADS = 4
SERVER_POOL = 8
WRITE_TRIES = 4
SQLITE_HEADER = b"SQLite format 3\x00"
SALT_BYTES = 16

CONNECT_SECONDS = 10

# Serialization failure (MySQL's word for a deadlock too) and PostgreSQL's deadlock: the whole
# transaction was rolled back and may run again.
RETRY_STATES = {"40001", "40P01"}


@dataclass(frozen=True)
class DatabaseValues:
    """Where the data is: an SQLAlchemy URL, and the passphrase of an encrypted SQLite file."""

    url: str
    key: str | None = field(default=None, repr=False)


class Database:
    """Runs pieces of work, each in one transaction, off the event loop.

    A piece of work is a function of a session; what it returns must be plain values or rows that
    are fully loaded. It must not call a model, sleep, or keep the session.
    """

    def __init__(self, values: DatabaseValues) -> None:
        url = parse_url(values.url)
        self.dialect = url.get_backend_name()
        self.is_sqlite = self.dialect == "sqlite"
        self._write_lock = threading.Lock()
        self._raw_key: str | None = None
        # Called after each commit, by the thread that made it; must return at once.
        self.after_commit: Callable[[], None] | None = None
        if self.is_sqlite:
            self._raw_key = raw_key = _raw_key(url, values.key)
            self._writer = _sqlite_engine(url, raw_key, read_only=False)
            self._reader = _sqlite_engine(url, raw_key, read_only=True)
        elif values.key:
            raise StartupError(
                "DATABASE_KEY encrypts SQLite files only, and DATABASE_URL names a server. "
                "Remove DATABASE_KEY."
            )
        else:
            self._writer = self._reader = _server_engine(url)
        writers = 1 if self.is_sqlite else SERVER_POOL
        self._write_threads = ThreadPoolExecutor(writers, thread_name_prefix="database-write")
        self._read_threads = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="database-read")

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in one transaction, to read only, and return its result.

        SQLite refuses a write here. Raises NotLoaded when the database does not answer.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._read_threads, self.read_now, work)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in a write transaction and commit; raises NotSaved when that is refused.

        It runs again after a deadlock. Rows that it changes by what it read must be read
        `.with_for_update()`: SQLite has one writer, the servers have many. A broken constraint
        is an sqlalchemy.exc.IntegrityError, for the caller to understand.

        The work is finished even when the caller is cancelled meanwhile: a caller that goes on must
        be able to trust that a begun write is either done or was never begun.
        """
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._write_threads, self.write_now, work)
        return await asyncio.shield(future)

    def read_now(self, work: Callable[[Session], Result]) -> Result:
        """`read()` for a caller that is itself a worker thread."""
        try:
            with Session(self._reader, expire_on_commit=False) as session:
                return work(session)
        except DBAPIError as error:
            raise NotLoaded from error

    def write_now(self, work: Callable[[Session], Result]) -> Result:
        """`write()` for a caller that is itself a worker thread."""
        for last_try in [False] * (WRITE_TRIES - 1) + [True]:
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if last_try or not _may_run_again(error):
                    raise
        raise AssertionError("unreachable")

    def _write_once(self, work: Callable[[Session], Result]) -> Result:
        if not self.is_sqlite:
            return _run_and_commit(self._writer, work)
        with self._write_lock:
            result = _run_and_commit(self._writer, work)
        if self.after_commit is not None:
            self.after_commit()
        return result

    async def tend(self, work: Callable[[Execute], Result]) -> Result:
        """Run `work` outside of any transaction, with a connection that is closed afterwards.

        For what cannot be in a transaction, such as VACUUM. On SQLite nothing else writes
        meanwhile. Raises NotSaved.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._write_threads, self._tend_now, work)

    def _tend_now(self, work: Callable[[Execute], Result]) -> Result:
        try:
            if not self.is_sqlite:
                with self._writer.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT")
                    # What is set for this work must not hold for the next that gets it.
                    connection.detach()
                    return work(lambda sql: _rows(connection.exec_driver_sql(sql)))
            with self._write_lock:
                return self._tend_file(work)
        except (DBAPIError, self._driver_error) as error:
            raise NotSaved from error

    def _tend_file(self, work: Callable[[Execute], Result]) -> Result:
        pooled = self._writer.raw_connection()
        try:
            connection: Any = pooled.driver_connection
            return work(lambda sql: list(connection.execute(sql)))
        finally:
            pooled.close()

    def work_on_file(self, work: Callable[[Any], Result]) -> Result:
        """Run `work` with SQLite's own writing connection while nothing else writes, for a caller
        that is itself a worker thread. It begins and commits what it does; raises NotSaved."""
        with self._write_lock:
            pooled = self._writer.raw_connection()
            try:
                return work(pooled.driver_connection)
            except self._driver_error as error:
                raise NotSaved from error
            finally:
                pooled.close()

    def copy_file(self, path: Path) -> Any:
        """Copy the SQLite file as it is at one moment, under the same key, while others write.

        Returns the driver's connection to the copy, for a caller that is itself a worker thread.
        """
        from sqlcipher3 import dbapi2

        copy = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None)
        try:
            _unlock(copy, self._raw_key)
            copy.execute("PRAGMA synchronous = OFF")
            pooled = self._reader.raw_connection()
            try:
                source: Any = pooled.driver_connection
                source.backup(copy)
            finally:
                pooled.close()
        except BaseException:
            copy.close()
            raise
        return copy

    @property
    def _driver_error(self) -> type[Exception]:
        driver: Any = self._writer.dialect.dbapi
        error: type[Exception] = driver.Error
        return error

    def forget_values(self) -> None:
        """Drop the cache of statements, each of which holds the values it was first run with."""
        self._reader.clear_compiled_cache()
        self._writer.clear_compiled_cache()

    def writer_engine(self) -> Engine:
        """The engine itself, for the migrations, the snapshots and the moves only."""
        return self._writer

    def close(self) -> None:
        """Finish the work that has begun and release the connections."""
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._reader.dispose()
        self._writer.dispose()


def _run_and_commit(engine: Engine, work: Callable[[Session], Result]) -> Result:
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return work(session)
    except DBAPIError as error:
        if _may_run_again(error) or isinstance(error, IntegrityError):
            raise
        raise NotSaved from error


def _rows(result: CursorResult[Any]) -> list[Any]:
    return list(result) if result.returns_rows else []


def _may_run_again(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in RETRY_STATES


def parse_url(text: str) -> URL:
    """Accept the URL forms that hosting companies print, and name the driver this app ships.

    Raises StartupError for anything else.
    """
    try:
        url = make_url(text)
        drivers = {
            "sqlite": "sqlite",
            "postgres": "postgresql+psycopg",
            "postgresql": "postgresql+psycopg",
            "mysql": "mysql+pymysql",
            "mariadb": "mysql+pymysql",
        }
        backend = url.drivername.split("+")[0]
        if backend not in drivers:
            raise NoSuchModuleError(backend)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StartupError(
            "DATABASE_URL is not a database address. Use sqlite:///file.db, "
            "postgresql://user:password@host/name or mysql://user:password@host/name."
        ) from error
    if "@" in (url.host or ""):
        raise StartupError("DATABASE_URL: write the @ of the password as %40.")
    if backend != "sqlite" and not url.database:
        raise StartupError(
            "DATABASE_URL names no database. Put its name after the host: host/name."
        )
    return url.set(drivername=drivers[backend])


def _raw_key(url: URL, passphrase: str | None) -> str | None:
    """SQLCipher's raw key: 32 bytes of key and the file's own 16 bytes of salt, in hexadecimal.

    Deriving it once here takes the place of SQLCipher's own derivation, which costs 114 ms for
    every connection. The salt is the first 16 bytes of the file, as SQLCipher stores it, so a copy
    of the file opens with the same passphrase.
    """
    path = Path(url.database or "")
    header = _first_bytes(path)
    if not passphrase:
        if header and header != SQLITE_HEADER:
            raise StartupError(
                f"The database {path} is encrypted, or is not a database. "
                "Set DATABASE_KEY to its passphrase."
            )
        return None
    if header == SQLITE_HEADER:
        raise StartupError(
            f"DATABASE_KEY is set but the database {path} is not encrypted. "
            "Remove DATABASE_KEY, or move the file away to start with an encrypted one."
        )
    salt = header if len(header) == SALT_BYTES else os.urandom(SALT_BYTES)
    key = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return (key + salt).hex()


def _first_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(SALT_BYTES)
    except OSError as error:
        raise StartupError(
            f"DATABASE_URL: the database {path} cannot be read ({error.strerror}). "
            "Make it readable, or name another file."
        ) from error


def _sqlite_engine(url: URL, raw_key: str | None, *, read_only: bool) -> Engine:
    from sqlcipher3 import dbapi2

    if not url.database or url.database == ":memory:":
        raise StartupError("DATABASE_URL names no file. Use sqlite:///path/to/chatbot.db.")
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(
            f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror}). "
            "Name a folder that can be written."
        ) from error
    engine = create_engine(
        url,
        hide_parameters=True,
        module=dbapi2,
        connect_args={"check_same_thread": False, "timeout": 5.0},
        pool_size=READER_THREADS if read_only else 1,
        max_overflow=0,
    )

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        _unlock(connection, raw_key)
        for pragma in _pragmas(read_only=read_only):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


def _unlock(connection: Any, raw_key: str | None) -> None:
    if raw_key:
        # Its own lines about a wrong key say nothing that ours does not.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{raw_key}'\"")


def _pragmas(*, read_only: bool) -> list[str]:
    """Durable at commit, erased when deleted, and safe against a schema from a hostile file."""
    pragmas = ["busy_timeout = 5000", "foreign_keys = ON", "trusted_schema = OFF", "mmap_size = 0"]
    if read_only:
        return [*pragmas, "query_only = ON"]
    return [
        *pragmas,
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "journal_size_limit = 67108864",
    ]


def _server_engine(url: URL) -> Engine:
    # READ COMMITTED is PostgreSQL's default; MySQL's REPEATABLE READ would decide on old rows.
    return create_engine(
        url,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
        isolation_level="READ COMMITTED",
        pool_size=SERVER_POOL,
        max_overflow=SERVER_POOL,
        pool_pre_ping=True,
        pool_recycle=1800,
    )
