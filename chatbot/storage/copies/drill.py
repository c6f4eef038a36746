"""The proof of a copy: it is restored beside the database, and every row is compared."""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chatbot.storage.copies.restore import Found, Reader, build_file, list_names, remove_file
from chatbot.storage.copies.rows import Key, key_columns, list_tables
from chatbot.storage.copies.states import DrillResult
from chatbot.storage.copies.stores import Store, StoreError
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import utc_now

log = logging.getLogger(__name__)

TRIES = 5
Rows = dict[tuple[str, Key], bytes]


class Drill:
    """Restores what is in the store and compares it with the database, which may be in use."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        values: DatabaseValues,
        *,
        database: Database,
        path: Path,
    ) -> None:
        self._store = store
        self._reader = reader
        self._values = values
        self._database = database
        self._restored = path.with_name(f"{path.name}.drill-restored")
        self._image = path.with_name(f"{path.name}.drill-image")
        self._result = path.with_name(f"{path.name}.drill")

    def run(self, sleep: Callable[[float], object] = time.sleep) -> DrillResult:
        """Restore and compare; the result is kept for the health page.

        What changes meanwhile may be in the copy as it was before or as it is after.
        """
        result = DrillResult(at=utc_now().isoformat(timespec="seconds"), rows=0, fault="not begun")
        for number in range(TRIES):
            if number:
                sleep(self._store.interval + 2.0)
            result = self._try(result.at)
            if result.is_ok:
                break
        self._result.write_text(json.dumps(asdict(result)))
        fields = {"rows": result.rows, "fault": result.fault}
        (log.info if result.is_ok else log.error)("restore drill", extra=fields)
        return result

    def _try(self, at: str) -> DrillResult:
        try:
            before = self._read_image()
            found = self._reader.find(list_names(self._store))
            if found is None:
                return DrillResult(at, 0, "the store holds no snapshot")
            restored = self._restore(found)
            return DrillResult(at, len(restored), _compare(before, restored, self._read_image()))
        except StoreError as error:
            return DrillResult(at, 0, error.reason)
        finally:
            remove_file(self._image)
            remove_file(self._restored)

    def _read_image(self) -> Rows:
        remove_file(self._image)
        with closing(self._database.copy_file(self._image)) as connection:
            return _read(connection)

    def _restore(self, found: Found) -> Rows:
        build_file(found, self._values, self._restored)
        restored = Database(DatabaseValues(f"sqlite:///{self._restored}", self._values.key))
        try:
            return restored.work_on_file(_read)
        finally:
            restored.close()


def read_last_drill(path: Path) -> DrillResult | None:
    """The result of the last drill of the database at `path`, on this disk."""
    with suppress(OSError, ValueError, TypeError):
        return DrillResult(**json.loads(path.with_name(f"{path.name}.drill").read_text()))
    return None


def _read(connection: Any) -> Rows:
    rows: Rows = {}
    for table in list_tables():
        cursor = connection.execute(f'SELECT * FROM "{table.name}"')
        names = [column[0] for column in cursor.description]
        keys = [names.index(name) for name in key_columns(table.name)]
        for row in cursor:
            digest = hashlib.sha256(repr(row).encode()).digest()
            rows[table.name, tuple(row[place] for place in keys)] = digest
    return rows


def _compare(before: Rows, restored: Rows, after: Rows) -> str:
    """The first row that is neither as it was nor as it is, in words; "" for none."""
    for key in before.keys() | restored.keys() | after.keys():
        if restored.get(key) not in (before.get(key), after.get(key)):
            table, name = key
            what = "is missing" if key not in restored else "is not the same"
            return f"{table} {'/'.join(name)} {what}"
    return ""
