"""Rows that another writer shipped late are put into the database by their primary keys."""

import json
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from chatbot.storage.copies.rows import Changes, Key, Row, insert, key_columns, list_tables
from chatbot.storage.database import Database
from chatbot.storage.models import Table

# Of two rows that exclude each other, the later one is kept beside the first without the claim.
CLAIMS = {"escalation": "live_conversation_id", "booking": "live_starts_at"}
CONTACT = "contact"
TOLD = ("phone", "name", "company", "consent_at", "email_verified_at")
RECEIPT = "erasure"
# What the ids of a receipt may name.
ERASED = ("chat_session", "conversation", "contact")

Gone = Collection[tuple[str, Key]]


class Merge:
    """One merge, in the transaction of the caller; `connection` is the driver's own."""

    def __init__(self, connection: Any, *, gone: Gone) -> None:
        from sqlcipher3 import dbapi2

        self._connection = connection
        self._gone = set(gone)
        self._erased: set[tuple[str, Key]] = set()
        self._conflict: type[Exception] = dbapi2.IntegrityError
        self._other_ids: dict[Any, Any] = {}
        self.merged = 0

    def run(self, late: Changes) -> int:
        """Add rows that are missing, take those that are newer, delete what was deleted.

        What is in `gone`, and what a receipt of an erasure names, here or among these rows, is
        passed over, and so is what belongs to it. Returns how many rows were changed.
        """
        self._read_receipts(late)
        for table in list_tables():
            rows = late.tables.get(table.name, {})
            columns = self._columns(table.name) if rows else {}
            for key, row in rows.items():
                if row is not None and (table.name, key) not in self._gone:
                    self._take(table.name, {**_missing(columns, row), **_known(columns, row)})
        for table in reversed(list_tables()):
            for key, row in late.tables.get(table.name, {}).items():
                if row is None:
                    self._delete(table.name, key)
        return self.merged

    def _read_receipts(self, late: Changes) -> None:
        known: Iterable[Any] = ()
        if self._columns(RECEIPT):
            known = self._connection.execute(f"SELECT erased_ids FROM {RECEIPT}").fetchall()
        rows = [row for row in late.tables.get(RECEIPT, {}).values() if row is not None]
        for value in [*(value for (value,) in known), *(row["erased_ids"] for row in rows)]:
            for text in json.loads(value) or () if value else ():
                key = (uuid.UUID(text).hex,)
                self._erased |= {(table, key) for table in ERASED}
        self._gone |= self._erased

    def _columns(self, table: str) -> dict[str, str | None]:
        """The columns of a table, with the type of those that cannot be left out."""
        found = self._connection.execute(f'PRAGMA table_info("{table}")')
        return {row[1]: row[2] if row[3] and row[4] is None else None for row in found}

    def _take(self, table: str, row: Row) -> None:
        if not self._find_parents(table, row):
            return
        key = tuple(row[name] for name in key_columns(table))
        ours = self._find(table, dict(zip(key_columns(table), key, strict=True)))
        if ours is None:
            self.merged += self._add(table, row)
        elif "updated_at" in row and row["updated_at"] > ours["updated_at"]:
            self.merged += self._update(table, row)

    def _find_parents(self, table: str, row: Row) -> bool:
        """Point the row at what is there; False when what it belongs to is not."""
        for column in Table.metadata.tables[table].columns:
            if column.name not in row or row[column.name] is None or not column.foreign_keys:
                continue
            parent = next(iter(column.foreign_keys)).column
            value = self._other_ids.get(row[column.name], row[column.name])
            if (parent.table.name, (value,)) in self._erased:
                return False
            is_there = self._find(parent.table.name, {parent.name: value}) is not None
            if not is_there and not column.nullable:
                return False
            row[column.name] = value if is_there else None
        return True

    def _find(self, table: str, values: Row) -> Row | None:
        where = " AND ".join(f'"{name}" = ?' for name in values)
        cursor = self._connection.execute(
            f'SELECT * FROM "{table}" WHERE {where}', tuple(values.values())
        )
        found = cursor.fetchone()
        names = [column[0] for column in cursor.description]
        return dict(zip(names, found, strict=True)) if found else None

    def _add(self, table: str, row: Row) -> bool:
        if self._try_add(table, row):
            return True
        if table == CONTACT and row.get("email"):
            return self._join_contact(row)
        claim = CLAIMS.get(table)
        return claim is not None and self._try_add(table, {**row, claim: None})

    def _try_add(self, table: str, row: Row) -> bool:
        try:
            insert(self._connection, table, [row])
        except self._conflict:
            return False
        return True

    def _update(self, table: str, row: Row) -> bool:
        keys = key_columns(table)
        names = [name for name in row if name not in keys]
        sets = ", ".join(f'"{name}" = ?' for name in names)
        where = " AND ".join(f'"{name}" = ?' for name in keys)
        values = [row[name] for name in (*names, *keys)]
        try:
            self._connection.execute(f'UPDATE "{table}" SET {sets} WHERE {where}', values)
        except self._conflict:
            return False
        return True

    def _join_contact(self, row: Row) -> bool:
        """Two writers met the same person: what the late one was told goes into our row."""
        ours = self._find(CONTACT, {"email": row["email"]})
        if ours is None:
            return False
        self._other_ids[row["id"]] = ours["id"]
        filled = {name: ours[name] or row.get(name) for name in TOLD if name in ours}
        notes = [ours["notes"], row["notes"] if row["notes"] not in ours["notes"] else ""]
        later = max(ours["updated_at"], row["updated_at"])
        joined = {**ours, **filled, "notes": "\n".join(filter(None, notes)), "updated_at": later}
        return self._update(CONTACT, joined)

    def _delete(self, table: str, key: Key) -> None:
        where = " AND ".join(f'"{name}" = ?' for name in key_columns(table))
        try:
            done = self._connection.execute(f'DELETE FROM "{table}" WHERE {where}', key)
        except self._conflict:  # something here still belongs to it
            return
        self.merged += done.rowcount


def _known(columns: dict[str, str | None], row: Row) -> Row:
    return {name: value for name, value in row.items() if name in columns}


def _missing(columns: dict[str, str | None], row: Row) -> Row:
    """What an older program did not write, and a newer one needs."""
    values: Row = {}
    for name, kind in columns.items():
        if kind is not None and name not in row:
            is_number = any(word in kind.upper() for word in ("INT", "BOOL", "FLOAT"))
            is_moment = "DATE" in kind.upper()
            values[name] = 0 if is_number else row.get("created_at", "") if is_moment else ""
    return values


def merge_now(database: Database, rows: Changes, *, gone: Gone) -> int:
    """Merge rows into the open database, in one transaction; returns how many it changed."""

    def work(connection: Any) -> int:
        connection.execute("BEGIN IMMEDIATE")
        try:
            count = Merge(connection, gone=gone).run(rows)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return count

    return database.work_on_file(work)
