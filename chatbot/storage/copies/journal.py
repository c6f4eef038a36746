"""Which rows were changed since the last shipment: noted by triggers of the writing connection.

The triggers and their notes are temporary, so the file's schema stays as it is, and a note belongs
to the transaction of its change: what is rolled back leaves none.
"""

from typing import Any

from chatbot.storage.copies.rows import Changes, key_columns, list_tables

NOTES = "copy_note"


class Journal:
    """Reads and clears the notes; to be used under the lock of the writer, with its connection."""

    def __init__(self) -> None:
        self._version: int | None = None

    def drain(self, connection: Any) -> Changes | None:
        """What has changed since the last call; None when that is not known.

        It is not known at first, after the connection was opened anew, and when another program
        wrote to the file.
        """
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        is_known = _has_notes(connection) and version == self._version
        if not _has_notes(connection):
            _begin(connection)
        self._version = version
        changes = _read(connection) if is_known else None
        connection.execute(f"DELETE FROM {NOTES}")
        return changes

    def has_news(self, connection: Any) -> bool:
        """Whether there is anything to ship."""
        if not _has_notes(connection):
            return True
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        note = connection.execute(f"SELECT 1 FROM {NOTES} LIMIT 1").fetchone()
        return note is not None or version != self._version


def _has_notes(connection: Any) -> bool:
    found = "SELECT 1 FROM sqlite_temp_master WHERE type = 'table' AND name = ?"
    return connection.execute(found, (NOTES,)).fetchone() is not None


def _begin(connection: Any) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"CREATE TEMP TABLE {NOTES} (tbl TEXT, k1 TEXT, k2 TEXT)")
    for table in list_tables():
        names = key_columns(table.name)
        for event, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            values = [f'{side}."{name}"' for name in names] + ["''"] * (2 - len(names))
            connection.execute(
                f"CREATE TEMP TRIGGER copy_{table.name}_{event.lower()} "
                f'AFTER {event} ON main."{table.name}" BEGIN '
                f"INSERT INTO {NOTES} VALUES ('{table.name}', {', '.join(values)}); END"
            )


def _read(connection: Any) -> Changes:
    changes = Changes()
    noted = connection.execute(f"SELECT DISTINCT tbl FROM {NOTES}").fetchall()
    for (table,) in noted:
        names = key_columns(table)
        both = " AND ".join(f'r."{name}" = n.k{i}' for i, name in enumerate(names, start=1))
        cursor = connection.execute(
            f"SELECT n.k1, n.k2, r.* FROM (SELECT DISTINCT k1, k2 FROM {NOTES} WHERE tbl = ?) n "
            f'LEFT JOIN main."{table}" r ON {both}',
            (table,),
        )
        columns = [column[0] for column in cursor.description][2:]
        for first, second, *values in cursor:
            row = dict(zip(columns, values, strict=True))
            is_there = row[names[0]] is not None
            changes.set(table, (first, second)[: len(names)], row if is_there else None)
    return changes
