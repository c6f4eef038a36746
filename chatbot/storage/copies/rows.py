"""Rows as they lie in the file, on their way into copies and back."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table as SchemaTable

from chatbot.storage.models import Table

ROWS_PER_LINE = 50
# Everything but what holds for one run only: a lease of a dead run would only delay the next.
LEFT_OUT = frozenset({"lease"})

Key = tuple[str, ...]
Row = dict[str, Any]


def list_tables() -> list[SchemaTable]:
    """The tables that are copied, parents before what refers to them."""
    return [table for table in Table.metadata.sorted_tables if table.name not in LEFT_OUT]


def key_columns(table: str) -> Key:
    """The columns of a table's primary key."""
    return tuple(column.name for column in Table.metadata.tables[table].primary_key)


@dataclass
class Changes:
    """What is to be done to tables: by table and key the row as it is now, None for deleted."""

    tables: dict[str, dict[Key, Row | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.tables.values()))

    def set(self, table: str, key: Key, row: Row | None) -> None:
        """What is known last of a row is what counts."""
        self.tables.setdefault(table, {})[key] = row

    def apply(self, later: "Changes") -> None:
        """Let later changes come after these."""
        for table, rows in later.tables.items():
            self.tables.setdefault(table, {}).update(rows)


def pack_changes(changes: Changes) -> Iterator[dict[str, Any]]:
    """Lines that `read_changes` reads: one table each, with the rows and the keys that went."""
    for table, rows in changes.tables.items():
        kept = [row for row in rows.values() if row is not None]
        gone = [list(key) for key, row in rows.items() if row is None]
        columns = list(kept[0]) if kept else []
        values = [[_pack(row[column]) for column in columns] for row in kept]
        yield {"t": table, "k": key_columns(table), "c": columns, "r": values, "d": gone}


def pack_table(connection: Any, table: str) -> Iterator[dict[str, Any]]:
    """Lines with every row of a table; `connection` is the driver's own."""
    cursor = connection.execute(f'SELECT * FROM "{table}"')
    columns = [column[0] for column in cursor.description]
    line = {"t": table, "k": key_columns(table), "c": columns, "d": []}
    while rows := cursor.fetchmany(ROWS_PER_LINE):
        yield {**line, "r": [list(map(_pack, row)) for row in rows]}


def read_changes(lines: Iterable[dict[str, Any]]) -> Changes:
    """The changes that lines hold, of tables that this program need not know."""
    changes = Changes()
    for line in lines:
        columns, keys = line["c"], line["k"]
        known = changes.tables.setdefault(line["t"], {})
        for values in line["r"]:
            row = dict(zip(columns, map(_unpack, values), strict=True))
            known[tuple(row[name] for name in keys)] = row
        for key in line["d"]:
            known[tuple(key)] = None
    return changes


def insert(connection: Any, table: str, rows: Sequence[Row], *, how: str = "INSERT") -> None:
    """Write rows that have the same columns."""
    if rows:
        names = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join("?" * len(rows[0]))
        statement = f'{how} INTO "{table}" ({names}) VALUES ({marks})'
        connection.executemany(statement, [tuple(row.values()) for row in rows])


def _pack(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    return value


def _unpack(value: Any) -> Any:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
