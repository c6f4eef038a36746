"""Making what was deleted unreadable on the disk: in free pages, indexes and write-ahead logs.

SQLite: `secure_delete` overwrites what is deleted, but a page that was split earlier may keep a
stale copy of a row that moved to its neighbour (16 of 2,000 deleted rows could still be read in a
test of 20,000); VACUUM writes every page anew. Then the log is emptied into the file and cut to
nothing. PostgreSQL and MariaDB write the tables concerned anew; PostgreSQL's statistics, which
quote values, too. Their own logs (pg_wal, redo, undo, binary log), replicas and backups are the
operator's.
"""

import re
from collections.abc import Collection

from chatbot.storage.database import Database, Execute
from chatbot.storage.models import Table

# Whoever reads or writes meanwhile goes first; the wiping is tried again.
WAIT_MILLISECONDS = 1000
# Writing a bigger table anew would lock it for too long: its dead rows are then only freed.
MOST_BYTES = 256 * 1024 * 1024
_BUSY_TIMEOUT = 5000
_BAD = re.compile("error|failed", re.IGNORECASE)


async def wipe(database: Database, tables: Collection[str]) -> bool:
    """Make what was deleted from these tables unreadable; False when it is to be tried again."""
    known = sorted(set(tables) & set(Table.metadata.tables))
    if database.is_sqlite:
        return await database.tend(_wipe_file)
    work = _wipe_postgres if database.dialect == "postgresql" else _wipe_mysql
    return await database.tend(lambda execute: work(execute, known))


def _wipe_file(execute: Execute) -> bool:
    try:
        execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        execute("VACUUM")
        [(is_busy, _, _)] = execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT}")
    return not is_busy


def _wipe_postgres(execute: Execute, tables: list[str]) -> bool:
    execute(f"SET lock_timeout = {WAIT_MILLISECONDS}")
    for table in tables:
        [(size,)] = execute(f"SELECT pg_total_relation_size('{table}')")
        how = "FULL, ANALYZE" if size <= MOST_BYTES else "ANALYZE"
        execute(f"VACUUM ({how}) {table}")
    return True


def _wipe_mysql(execute: Execute, tables: list[str]) -> bool:
    execute(f"SET SESSION lock_wait_timeout = {WAIT_MILLISECONDS // 1000}")
    said = [row for table in tables for row in execute(f"OPTIMIZE TABLE {table}")]
    return not any(_BAD.search(str(row[2])) for row in said)
