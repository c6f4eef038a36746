"""Brings the database to the schema of this program, at every start, before anything else.

SQLite and PostgreSQL change the schema in one transaction. MySQL and MariaDB commit every statement
that defines something, so there each step may run again (`steps.py`): what a kill cut short is done
from the beginning at the next start.

A change of the schema is one file in `versions/` and one entry in VERSIONS. Steps are written by
hand; the tests compare what they make with `models.py` on every database. An empty database whose
schema changes in one transaction gets the tables of `models.py` at once, without Alembic.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from chatbot.errors import StartupError
from chatbot.storage.database import Database
from chatbot.storage.migrations.refusals import refusal
from chatbot.storage.models import Table
from chatbot.storage.mounts import refuse_network_folder

# Named here so that most starts need not import Alembic (0.6 s).
VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
HEAD = VERSIONS[-1]
VERSION_TABLE = "schema_version"
LOCK_SECONDS = 60
POSTGRES_LOCK = 0x63686174626F74
# Begins what stands in the place of the version while rows are moved in (storage/moving.py).
MOVING = "moving"
# Where a kill leaves all tables or none.
DDL_IN_TRANSACTIONS = {"sqlite", "postgresql"}


def migrate(database: Database) -> None:
    """Make or upgrade the tables; returns at once when they are as this program needs them.

    Two programs that start together do not race: the second waits for the first. Raises
    StartupError, in one line with the remedy, when the database cannot be opened, belongs to
    another program, or has a schema version that this program does not know.
    """
    engine = database.writer_engine()
    if database.is_sqlite:
        refuse_network_folder(Path(engine.url.database or ""))
    try:
        if _current_version(engine) != HEAD:
            with _exclusive_transaction(engine) as connection:
                _upgrade(connection)
    except (DBAPIError, OSError) as error:
        raise refusal(error, engine.url) from error


def read_version(database: Database) -> str | None:
    """The schema version that is stored, whatever it is; None for an empty database.

    Raises StartupError when the database cannot be opened or belongs to another program.
    """
    engine = database.writer_engine()
    try:
        with _connect(engine) as connection:
            return _stored_version(connection)
    except (DBAPIError, OSError) as error:
        raise refusal(error, engine.url) from error


def _current_version(engine: Engine) -> str | None:
    with _connect(engine) as connection:
        return _version(connection)


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except TypeError as error:  # how PyMySQL answers an option of the URL that it does not know
        raise refusal(error, engine.url) from error


def _version(connection: Connection) -> str | None:
    """The version that is stored, None for an empty database; refuses one it cannot work with."""
    found = _stored_version(connection)
    if found and found.startswith(MOVING):
        raise StartupError(
            "DATABASE_URL: not all rows have been moved into this database yet. Run `make "
            "migrate-database` again with the same FROM and TO, or name another database."
        )
    if found and found not in VERSIONS:
        raise StartupError(
            f"The database has schema version {found}, and this program knows {HEAD}. Start the "
            "version of the program that made it, or name another database in DATABASE_URL."
        )
    return found


def _stored_version(connection: Connection) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        foreign = sorted(tables & set(Table.metadata.tables))
        if foreign:
            raise StartupError(
                f"DATABASE_URL: the database holds a table {foreign[0]!r} of another program. "
                "Name an empty database."
            )
        return None
    rows = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()
    return ", ".join(rows) or None


@contextmanager
def _exclusive_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other program's migration runs beside."""
    with engine.connect() as connection:
        # Not given back to the pool: closing it is what frees MySQL's lock on every way out.
        connection.detach()
        with connection.begin():
            _wait_for_lock(connection)
            yield connection


def _wait_for_lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({POSTGRES_LOCK})"))
    elif connection.dialect.name != "sqlite":  # there, BEGIN IMMEDIATE is the lock
        lock = f"SELECT GET_LOCK(CONCAT('chatbot-', MD5(DATABASE())), {LOCK_SECONDS})"
        if connection.execute(text(lock)).scalar() != 1:
            raise StartupError(
                f"Another program has been changing the database's tables for {LOCK_SECONDS} s. "
                "Wait until it is done, then start again."
            )


def _upgrade(connection: Connection) -> None:
    version = _version(connection)
    if version is None and connection.dialect.name in DDL_IN_TRANSACTIONS:
        _create_tables(connection)
    elif version != HEAD:
        _run_steps(connection)


def _create_tables(connection: Connection) -> None:
    Table.metadata.create_all(connection)
    # As Alembic makes it.
    connection.execute(
        text(
            f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL, "
            f"CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('{HEAD}')"))


def _run_steps(connection: Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(__file__).parent))

    def steps(revision: Any, _context: Any) -> Any:
        return scripts._upgrade_revs(HEAD, revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
