"""Steps of a migration that may run again after a kill between any two of them."""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import Column, inspect


def create_table(name: str, *parts: Any) -> None:
    """CREATE TABLE when it is missing; on MySQL for all of Unicode, compared byte by byte."""
    op.create_table(
        name, *parts, if_not_exists=True, mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin"
    )


def add_column(table: str, column: Column[Any]) -> None:
    """ALTER TABLE ADD COLUMN when it is missing."""
    if column.name not in _names("columns", table):
        op.add_column(table, column)


def create_index(name: str, table: str, columns: Sequence[str]) -> None:
    """CREATE INDEX when it is missing, which it can be on MySQL only, and there has no IF."""
    if name not in _names("indexes", table):
        op.create_index(name, table, columns)


def drop_index(name: str, table: str) -> None:
    """DROP INDEX when it is there."""
    if _is_resumed() and name not in _names("indexes", table):
        return
    op.drop_index(name, table)


def _names(parts: str, table: str) -> set[str]:
    """Names of the columns or indexes that a resumed migration may have made before."""
    if not _is_resumed():
        return set()
    found = getattr(inspect(op.get_bind()), f"get_{parts}")(table)
    return {part["name"] for part in found}


def _is_resumed() -> bool:
    """Whether a kill may have left a part of this migration: elsewhere it is one transaction."""
    return op.get_bind().dialect.name in ("mysql", "mariadb")
