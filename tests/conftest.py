"""Real databases for every test: `database` runs a test on each server and on a file,
`sqlite_database` on a file only. Where encryption may matter, `database` is a file with a key too.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import migrate
from chatbot.storage.models import Table

# How long an example takes is the machine's business; the whole test has its limit.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/test")
MYSQL_URL = os.environ.get("TEST_MYSQL_URL", "mysql://root@127.0.0.1:3306/test")
SERVERS = {"PostgreSQL": POSTGRES_URL, "MariaDB": MYSQL_URL}
KINDS = ["SQLite", "PostgreSQL", "MariaDB"]
WITH_KEY = "SQLite with key"
KINDS_AND_KEY = [*KINDS, WITH_KEY]
KEY = "correct horse battery staple"


class Server:
    """Makes and drops databases of its own beside the one that the address names."""

    def __init__(self, name: str, address: str, worker: str) -> None:
        self.url = make_url(address)
        # The process too: two runs of the tests may use one server at a time.
        self._prefix = f"career_chatbot_test_{worker}_{os.getpid()}"
        self._admin = self._connect(name, self.url)

    def _connect(self, name: str, url: URL) -> Engine:
        driver = "postgresql+psycopg" if name == "PostgreSQL" else "mysql+pymysql"
        engine = create_engine(url.set(drivername=driver), isolation_level="AUTOCOMMIT")
        try:
            engine.connect().close()
        except OperationalError:
            pytest.skip(f"{name} is not reachable at {url.host}:{url.port}")
        return engine

    def create(self, suffix: str = "") -> DatabaseValues:
        self.drop(suffix)
        self._execute(f"CREATE DATABASE {self._prefix}{suffix}")
        return DatabaseValues(
            self.url.set(database=self._prefix + suffix).render_as_string(hide_password=False)
        )

    def drop(self, suffix: str = "") -> None:
        force = " WITH (FORCE)" if self.url.get_backend_name() == "postgresql" else ""
        self._execute(f"DROP DATABASE IF EXISTS {self._prefix}{suffix}{force}")

    def close(self) -> None:
        self._admin.dispose()

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def _postgres(worker: str) -> Iterator[Server]:
    yield from _server("PostgreSQL", worker)


@pytest.fixture(scope="session")
def _mariadb(worker: str) -> Iterator[Server]:
    yield from _server("MariaDB", worker)


def _server(name: str, worker: str) -> Iterator[Server]:
    server = Server(name, SERVERS[name], worker)
    yield server
    server.close()


def _get_server(kind: str, request: pytest.FixtureRequest) -> Server:
    return request.getfixturevalue({"PostgreSQL": "_postgres", "MariaDB": "_mariadb"}[kind])


@pytest.fixture(scope="session")
def _migrated_postgres(_postgres: Server) -> Iterator[DatabaseValues]:
    yield from _migrated_server(_postgres)


@pytest.fixture(scope="session")
def _migrated_mariadb(_mariadb: Server) -> Iterator[DatabaseValues]:
    yield from _migrated_server(_mariadb)


def _migrated_server(server: Server) -> Iterator[DatabaseValues]:
    values = server.create()
    _migrate(values)
    yield values
    server.drop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _migrated_file(tmp_path_factory.mktemp("template") / "plain.db", key=None)


@pytest.fixture(scope="session")
def encrypted_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _migrated_file(tmp_path_factory.mktemp("template") / "encrypted.db", key=KEY)


def _migrated_file(path: Path, *, key: str | None) -> Path:
    _migrate(DatabaseValues(f"sqlite:///{path}", key))
    return path


def _migrate(values: DatabaseValues) -> None:
    database = Database(values)
    migrate(database)
    database.close()


def _empty_tables(values: DatabaseValues) -> None:
    database = Database(values)
    with database.writer_engine().begin() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(table.delete())
    database.close()


@pytest.fixture(params=KINDS)
def database_values(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseValues:
    """Where a database with all tables and no rows is: on SQLite and on servers."""
    return find_database(request, tmp_path)


def find_database(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseValues:
    """The empty database of the kind that a fixture's parameter names."""
    kind = request.param
    if kind in SERVERS:
        name = "_migrated_postgres" if kind == "PostgreSQL" else "_migrated_mariadb"
        values = request.getfixturevalue(name)
        _empty_tables(values)
        return values
    key = KEY if kind == WITH_KEY else None
    template = "encrypted_template" if key else "sqlite_template"
    path = shutil.copy(request.getfixturevalue(template), tmp_path / "chatbot.db")
    return DatabaseValues(f"sqlite:///{path}", key)


@pytest.fixture
def database(database_values: DatabaseValues) -> Iterator[Database]:
    """An empty database, open: the test runs once on each kind that is reachable."""
    database = Database(database_values)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database, open, for tests whose subject is not the database."""
    path = shutil.copy(sqlite_template, tmp_path / "chatbot.db")
    database = Database(DatabaseValues(f"sqlite:///{path}"))
    yield database
    database.close()


@pytest.fixture(params=KINDS_AND_KEY)
def unmigrated_values(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatabaseValues]:
    """Where a database without any table can be made or is."""
    if request.param not in SERVERS:
        key = KEY if request.param == WITH_KEY else None
        yield DatabaseValues(f"sqlite:///{tmp_path / 'chatbot.db'}", key)
        return
    server = _get_server(request.param, request)
    yield server.create("_empty")
    server.drop("_empty")


@pytest.fixture
def sqlite_values(sqlite_template: Path, tmp_path: Path) -> DatabaseValues:
    """Where an empty SQLite database is, for tests that open it themselves."""
    path = shutil.copy(sqlite_template, tmp_path / "chatbot.db")
    return DatabaseValues(f"sqlite:///{path}")
