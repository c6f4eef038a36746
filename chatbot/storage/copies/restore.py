"""Reading what is in a store, and making a database file of it."""

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from chatbot.storage.copies.merge import Merge
from chatbot.storage.copies.objects import (
    CLAIM,
    FULL,
    IN_USE,
    SEGMENT,
    BadObject,
    Codec,
    ObjectName,
    Writer,
    WrongKey,
    parse_name,
)
from chatbot.storage.copies.rows import Changes, Key, insert, read_changes
from chatbot.storage.copies.stores import Store, StoreError
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import VERSION_TABLE

log = logging.getLogger(__name__)

READERS = 8
TRIES = 4
# A read may be broken off; an object that is given up is as good as lost.
READ_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
READ_WAIT = 0.5
OTHER_KEY = "the copies are encrypted with another DATABASE_KEY than this"
SET_KEY = (
    "Set DATABASE_KEY to the passphrase that they were made with; without it nobody can read them, "
    "and a new start needs an empty SNAPSHOT_STORE."
)

Result = TypeVar("Result")


@dataclass
class Found:
    """What a store holds: the newest snapshot with its journal, and what others shipped late.

    `gone` are keys of rows that were deleted, with the moment; `merged` is how far the journals of
    other writers are in it; `damaged` names objects that could not be read.
    """

    writer: Writer
    number: int
    schema: list[str]
    version: str
    rows: Changes
    gone: dict[tuple[str, Key], float]
    merged: dict[str, int]
    late: Changes = field(default_factory=Changes)
    damaged: list[str] = field(default_factory=list)


def list_names(store: Store) -> list[ObjectName]:
    """Every object's name, in order. A listing that may be old is read again after that time."""
    texts = set(_try(store.list))
    if store.lag:
        time.sleep(store.lag)
        texts |= set(_try(store.list))
    return sorted(name for name in map(parse_name, texts) if name is not None)


class Reader:
    """Reads one store's objects; each is tried again when it comes damaged, as reads may fail."""

    def __init__(self, store: Store, codec: Codec) -> None:
        self._store = store
        self._codec = codec

    def find(self, names: list[ObjectName]) -> Found | None:
        """What is to be restored; None when nothing was ever shipped.

        Raises StoreError when the listing cannot be the whole truth, and, final, when there are
        snapshots and none of them can be read.
        """
        fulls = [name for name in names if name.kind == FULL]
        if not fulls and (self.is_used() or any(name.kind == SEGMENT for name in names)):
            raise StoreError("the store is in use, and does not list its snapshots")
        damaged: list[str] = []
        is_stale = False
        for full in reversed(fulls):
            try:
                header, *lines = self.read(full)
            except BadObject as error:
                damaged.append(str(full))
                is_stale |= isinstance(error, _Missing)
                if isinstance(error, WrongKey):
                    raise StoreError(OTHER_KEY, is_final=True, remedy=SET_KEY) from error
                continue
            found = Found(
                writer=full.writer,
                number=full.number,
                schema=header["schema"],
                version=header["version"],
                rows=read_changes(lines),
                gone={(table, tuple(key)): at for table, key, at in header["gone"]},
                merged=dict(header["merged"]),
                damaged=damaged,
            )
            self._add_journal(found, names)
            self.add_late(found, names)
            return found
        if fulls:
            # Those that were deleted since they were listed have given way to a newer one.
            raise StoreError("none of the snapshots can be read", is_final=not is_stale)
        return None

    def is_used(self) -> bool:
        """Whether a snapshot was ever acknowledged, whatever is listed; raises StoreError."""
        return _try(lambda: self._store.get(IN_USE)) is not None

    def _add_journal(self, found: Found, names: list[ObjectName]) -> None:
        journal = [
            name
            for name in names
            if name.writer == found.writer and name.kind == SEGMENT and name.number > found.number
        ]
        for name, lines in self._read_all(journal, found.damaged):
            if lines is not None:
                self._follow(found, name, lines)
        # A listing may miss what was shipped last: the names of what follows are known.
        while (following := self._probe(found)) is not None:
            self._follow(found, *following)

    def _follow(self, found: Found, name: ObjectName, lines: list[Any]) -> None:
        header, *rest = lines
        changes = read_changes(rest)
        _note_gone(found.gone, changes, header["at"])
        found.rows.apply(changes)
        found.merged.update(header["merged"])
        found.number = name.number

    def _probe(self, found: Found) -> tuple[ObjectName, list[Any]] | None:
        name = ObjectName(found.writer, found.number + 1, SEGMENT)
        try:
            return name, self.read(name, is_listed=False)
        except BadObject:
            return None

    def add_late(
        self, found: Found, names: list[ObjectName], *, waits_for_damaged: bool = False
    ) -> None:
        """Add to `late` what other writers shipped that is not in `merged`, and note it there; what
        they deleted is added to `gone`.

        What cannot be read is passed over. With `waits_for_damaged` so is all that its writer
        shipped after it: it may be on its way, and is looked for again.
        """
        late = [
            name
            for name in names
            if name.writer != found.writer
            and name.kind != CLAIM
            and name.number > found.merged.get(str(name.writer), 0)
        ]
        gone: dict[tuple[str, Key], float] = {}
        stuck: set[Writer] = set()
        for name, lines in self._read_all(late, found.damaged):
            if lines is None and waits_for_damaged:
                stuck.add(name.writer)
            if lines is None or name.writer in stuck:
                continue
            changes = Changes()
            for table, key, _ in lines[0].get("gone", ()):
                changes.set(table, tuple(key), None)
            changes.apply(read_changes(lines[1:]))
            _note_gone(gone, changes, lines[0]["at"])
            found.late.apply(changes)
            found.merged[str(name.writer)] = name.number
        found.gone.update(gone)

    def _read_all(
        self, names: list[ObjectName], damaged: list[str]
    ) -> Iterable[tuple[ObjectName, list[Any] | None]]:
        """Every object in this order, None for one that cannot be read, whose name is noted."""

        def read(name: ObjectName) -> list[Any] | None:
            try:
                return self.read(name)
            except BadObject:
                return None

        with ThreadPoolExecutor(READERS, thread_name_prefix="copies-read") as threads:
            for name, lines in zip(names, threads.map(read, names), strict=True):
                if lines is None:
                    damaged.append(str(name))
                yield name, lines

    def read(self, name: ObjectName, *, is_listed: bool = True) -> list[Any]:
        """An object's values; raises BadObject, also when it is not there, and StoreError.

        What is not listed may well not be there, and is asked for once.
        """

        def read() -> list[Any]:
            blob = _try(lambda: self._store.get(str(name)))
            if blob is None:
                raise _Missing(str(name))
            return self._codec.unpack(name, blob)

        for number in range(READ_TRIES - 1):
            try:
                return read()
            except BadObject as error:
                if isinstance(error, _Missing) and not is_listed:
                    raise
                time.sleep(min(FIRST_WAIT * 2**number, READ_WAIT))
        return read()


class _Missing(BadObject):
    """The store has no such object."""


def _try(work: Callable[[], Result]) -> Result:
    """Run `work`, and again when the store fails."""
    for number in range(TRIES - 1):
        try:
            return work()
        except StoreError as error:
            if error.is_final or error.wait > LONGEST_WAIT:
                raise
            time.sleep(max(error.wait, FIRST_WAIT * 2**number))
    return work()


def _note_gone(gone: dict[tuple[str, Key], float], changes: Changes, at: float) -> None:
    """Note what these changes delete, and that what they write is there again."""
    for table, rows in changes.tables.items():
        for key, row in rows.items():
            if row is None:
                gone[table, key] = at
            else:
                gone.pop((table, key), None)


def build_file(found: Found, values: DatabaseValues, path: Path) -> None:
    """Make the database file at `path`, whole or not at all.

    Raises StoreError, final, when what comes out of the copies is no sound database.
    """
    unfinished = path.with_name(f"{path.name}.restored")
    remove_file(unfinished)
    database = Database(DatabaseValues(f"sqlite:///{unfinished}", values.key))
    try:
        database.work_on_file(lambda connection: _fill(connection, found))
    finally:
        database.close()
    remove_file(path)
    unfinished.replace(path)


def remove_file(path: Path) -> None:
    """Remove a database file with its logs."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _fill(connection: Any, found: Found) -> None:
    # Rows come in an order of their own, and are checked as a whole.
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN IMMEDIATE")
    tables = [line for line in found.schema if line.upper().startswith("CREATE TABLE")]
    for statement in tables:
        connection.execute(statement)
    connection.execute(f"INSERT INTO {VERSION_TABLE} VALUES (?)", (found.version,))
    for table, rows in found.rows.tables.items():
        kept = [row for row in rows.values() if row is not None]
        for columns in {tuple(row) for row in kept}:
            insert(connection, table, [row for row in kept if tuple(row) == columns])
    # Made at once at the end, which takes less than keeping them up to date.
    for statement in found.schema:
        if statement not in tables:
            connection.execute(statement)
    _drop_orphans(connection)
    if len(found.late):
        merged = Merge(connection, gone=found.gone).run(found.late)
        log.info("late rows merged", extra={"rows": merged})
    connection.execute("COMMIT")
    check = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if check != "ok":
        raise StoreError(f"the restored database is damaged: {check}", is_final=True)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode = DELETE")


def _drop_orphans(connection: Any) -> None:
    """Rows whose parents were in a damaged object: they would make every later write fail."""
    while broken := connection.execute("PRAGMA foreign_key_check").fetchall():
        log.warning("rows without their parents left out", extra={"rows": len(broken)})
        for table, rowid, _, _ in broken:
            connection.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))


def read_schema(connection: Any) -> tuple[list[str], str]:
    """The statements that make the tables and indexes of a file, tables first; and its version."""
    statement = (
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type = 'index', rowid"
    )
    statements = [row[0] for row in connection.execute(statement)]
    version = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0]
    return statements, version
