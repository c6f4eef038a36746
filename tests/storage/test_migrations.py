import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import OperationalError

from chatbot.errors import StartupError
from chatbot.storage import migrations
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import HEAD, VERSION_TABLE, VERSIONS, migrate
from chatbot.storage.migrations.refusals import refusal
from chatbot.storage.models import Table
from tests.conftest import KEY, MYSQL_URL, POSTGRES_URL
from tests.storage.victims import migrate_once, start_victim

ALL_TABLES = {*Table.metadata.tables, VERSION_TABLE}


@contextmanager
def opened(values: DatabaseValues) -> Iterator[Database]:
    database = Database(values)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.writer_engine()).get_table_names())


def differences(database: Database) -> list:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with database.writer_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return compare_metadata(context, Table.metadata)


def execute(database: Database, statement: str) -> None:
    with database.writer_engine().begin() as connection:
        connection.execute(text(statement))


def start_refused(values: DatabaseValues) -> str:
    """The line with which the start stops."""
    with pytest.raises(StartupError) as stopped, opened(values) as database:
        migrate(database)
    line = str(stopped.value)
    assert "\n" not in line
    return line


@pytest.fixture(params=["at once", "step by step"])
def way(request, monkeypatch):
    """Both ways to the tables, on the databases that have both."""
    if request.param == "step by step":
        monkeypatch.setattr(migrations, "DDL_IN_TRANSACTIONS", set())


@pytest.mark.usefixtures("way")
def test_the_tables_are_those_of_the_models(unmigrated_values: DatabaseValues):
    with opened(unmigrated_values) as database:
        migrate(database)
        assert tables(database) == ALL_TABLES
        assert differences(database) == []


def test_a_missing_index_is_seen_by_the_comparison(database: Database):
    statement = "DROP INDEX ix_contact_phone"
    is_mysql = database.dialect == "mysql"
    execute(database, statement + " ON contact" * is_mysql)
    try:
        assert len(differences(database)) == 1
    finally:
        execute(database, "CREATE INDEX ix_contact_phone ON contact (phone)")


def test_the_known_versions_are_those_of_the_scripts():
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == VERSIONS


@pytest.mark.parametrize("is_first", [True, False])
def test_a_start_does_not_import_alembic(sqlite_values: DatabaseValues, tmp_path, is_first):
    url = f"sqlite:///{tmp_path / 'first.db'}" if is_first else sqlite_values.url
    program = (
        "import sys\n"
        "from chatbot.storage.database import Database, DatabaseValues\n"
        "from chatbot.storage.migrations import migrate\n"
        f"migrate(Database(DatabaseValues({url!r})))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_migrating_again_changes_nothing(database: Database):
    migrate(database)
    assert tables(database) == ALL_TABLES


@pytest.mark.parametrize("unmigrated_values", ["SQLite", "PostgreSQL", "MariaDB"], indirect=True)
def test_programs_that_start_together_all_find_the_tables(unmigrated_values: DatabaseValues):
    victims = [start_victim(migrate_once, unmigrated_values) for _ in range(4)]
    for victim, said in victims:
        assert [said.recv_bytes(), said.recv_bytes()] == [b"begun", b"ended"]
        victim.join()
    with opened(unmigrated_values) as database:
        assert differences(database) == []


def test_a_kill_leaves_no_half_schema_and_the_next_start_ends_it(
    unmigrated_values: DatabaseValues,
):
    whole = seconds_of_a_migration(unmigrated_values)
    for _ in range(20 if unmigrated_values.url.startswith("sqlite") else 5):
        victim, said = start_victim(migrate_once, unmigrated_values)
        assert said.recv_bytes() == b"begun"
        time.sleep(random.uniform(0, whole))
        victim.kill()
        victim.join()
        with opened(unmigrated_values) as database:
            left = tables(database)
            assert left in (set(), ALL_TABLES) or database.dialect == "mysql"
            migrate(database)
            assert tables(database) == ALL_TABLES
            assert database.dialect != "mysql" or differences(database) == []
        forget_tables(unmigrated_values)


def seconds_of_a_migration(values: DatabaseValues) -> float:
    victim, said = start_victim(migrate_once, values)
    said.recv_bytes()
    begun = time.perf_counter()
    said.recv_bytes()
    seconds = time.perf_counter() - begun
    victim.join()
    forget_tables(values)
    return seconds


def forget_tables(values: DatabaseValues) -> None:
    with opened(values) as database:
        if database.is_sqlite:
            Path(database.writer_engine().url.database).unlink()
            return
        Table.metadata.drop_all(database.writer_engine())
        execute(database, f"DROP TABLE {VERSION_TABLE}")


def test_a_schema_of_a_later_program_stops_the_start(unmigrated_values: DatabaseValues):
    with opened(unmigrated_values) as database:
        migrate(database)
        execute(database, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    line = start_refused(unmigrated_values)
    assert line.startswith(f"The database has schema version 9999, and this program knows {HEAD}.")
    assert "DATABASE_URL" in line


def test_tables_of_another_program_stop_the_start(unmigrated_values: DatabaseValues):
    with opened(unmigrated_values) as database:
        execute(database, "CREATE TABLE message (words TEXT)")
    assert start_refused(unmigrated_values) == (
        "DATABASE_URL: the database holds a table 'message' of another program. "
        "Name an empty database."
    )


def test_other_tables_of_another_program_are_left_alone(unmigrated_values: DatabaseValues):
    with opened(unmigrated_values) as database:
        execute(database, "CREATE TABLE alembic_version (version_num TEXT)")
        migrate(database)
        assert tables(database) == ALL_TABLES | {"alembic_version"}


def test_a_wrong_key_stops_the_start(encrypted_template: Path):
    line = start_refused(DatabaseValues(f"sqlite:///{encrypted_template}", "wrong secret"))
    assert line.startswith("DATABASE_KEY does not open the database")
    assert "secret" not in line


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, b"short"])
def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path, content: bytes):
    path = tmp_path / "chatbot.db"
    path.write_bytes(content)
    assert "DATABASE_KEY" in start_refused(DatabaseValues(f"sqlite:///{path}"))
    assert "DATABASE_KEY" in start_refused(DatabaseValues(f"sqlite:///{path}", KEY))
    assert path.read_bytes() == content


def test_a_damaged_file_stops_the_start(sqlite_template: Path, tmp_path: Path):
    path = tmp_path / "chatbot.db"
    content = bytearray(sqlite_template.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    assert "is damaged. Restore it" in start_refused(DatabaseValues(f"sqlite:///{path}"))


def test_a_folder_in_place_of_a_file_stops_the_start(tmp_path: Path):
    line = start_refused(DatabaseValues(f"sqlite:///{tmp_path}"))
    assert line.startswith(f"DATABASE_URL: the database {tmp_path} cannot be written (unable")


def server_url(address: str, **changes: object) -> DatabaseValues:
    return DatabaseValues(make_url(address).set(**changes).render_as_string(hide_password=False))


SERVER_URLS = pytest.mark.parametrize("address", [POSTGRES_URL, MYSQL_URL])


@SERVER_URLS
def test_a_server_that_does_not_answer_stops_the_start(address: str):
    values = server_url(address, host="127.0.0.1", port=1, password="p%ss/w?rd")
    line = start_refused(values)
    assert line.startswith("DATABASE_URL: the database server at 127.0.0.1:1/")
    assert "Start it" in line
    assert "p%ss" not in line


@pytest.mark.usefixtures("_postgres", "_mariadb")
@SERVER_URLS
def test_a_missing_database_stops_the_start(address: str):
    line = start_refused(server_url(address, database="career_chatbot_missing"))
    assert line.startswith("DATABASE_URL: ")
    assert line.endswith("has no such database. Create it, or correct the name.")


@pytest.mark.usefixtures("_postgres", "_mariadb")
@SERVER_URLS
def test_an_unknown_user_or_a_wrong_password_stops_the_start(address: str):
    line = start_refused(server_url(address, username="stranger", password="s3cret"))
    assert line.startswith("DATABASE_URL: ")
    assert "'stranger'" in line
    assert "s3cret" not in line


@SERVER_URLS
def test_an_unknown_option_of_the_address_stops_the_start(address: str):
    line = start_refused(server_url(address, query={"colour": "blue"}))
    assert line.startswith("DATABASE_URL holds an option")
    assert "colour" in line


@pytest.mark.parametrize(
    ("url", "words", "line"),
    [
        ("sqlite:///chatbot.db", "database is locked", "is in use by another program"),
        ("sqlite:///chatbot.db", "attempt to write a readonly database", "cannot be written"),
        ("sqlite:///chatbot.db", "database or disk is full", "cannot be written"),
        (
            "postgresql://me:s3cret@host/name",
            'FATAL:  password authentication failed for user "me"',
            "refuses the user 'me' or the password",
        ),
        (
            "postgresql://me:s3cret@host/name",
            "permission denied for schema public\nLINE 2: CREATE TABLE",
            "may not make tables at host/name (permission denied for schema public)",
        ),
        (
            "postgresql://me:s3cret@host/name",
            "canceling statement due to lock timeout",
            "Another program is changing the tables",
        ),
        ("mysql://me:s3cret@host/name", "(1040, 'Too many s3cret')", "(1040, 'Too many ***')"),
        (
            "mysql://me:s3cret@host/name",
            "(1142, \"CREATE command denied to user 'me'@'host' for table `name`.`message`\")",
            "may not make tables",
        ),
        (
            "mysql://me:s3cret@host/name",
            "(1044, \"Access denied for user 'me'@'host' to database 'name'\")",
            "the user 'me' may not use host/name",
        ),
    ],
)
def test_the_words_of_a_driver_become_one_line_with_a_remedy(url: str, words: str, line: str):
    said = str(refusal(OperationalError("SELECT 1", {}, Exception(words)), make_url(url)))
    assert line in said
    assert "s3cret" not in said
    assert "\n" not in said
