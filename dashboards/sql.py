"""Two things that SQLite, PostgreSQL and MySQL each write in their own way."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, String, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class local_hour(FunctionElement[str]):
    """The hour that a clock with this offset shows at a stored moment: "2026-05-04 17"."""

    type = String()
    inherit_cache = True

    def __init__(self, moment: Any, utc_offset_minutes: int) -> None:
        # Written into the statement, because PostgreSQL groups by equal texts only.
        super().__init__(moment, literal_column(str(int(utc_offset_minutes))))


class text_length(FunctionElement[int]):
    """How many characters a text has; MySQL's LENGTH counts bytes."""

    type = Integer()
    inherit_cache = True

    def __init__(self, words: Any) -> None:
        super().__init__(words)


def _parts(element: Any, compiler: Any, values: dict[str, Any]) -> list[str]:
    clauses: list[ColumnElement[Any]] = list(element.clauses)
    return [compiler.process(clause, **values) for clause in clauses]


@compiles(local_hour, "sqlite")
def _sqlite_hour(element: Any, compiler: Any, **values: Any) -> str:
    moment, offset = _parts(element, compiler, values)
    return f"substr(datetime({moment}, '{offset} minutes'), 1, 13)"


@compiles(local_hour, "postgresql")
def _postgres_hour(element: Any, compiler: Any, **values: Any) -> str:
    moment, offset = _parts(element, compiler, values)
    return f"to_char({moment} + interval '{offset} minutes', 'YYYY-MM-DD HH24')"


@compiles(local_hour, "mysql")
@compiles(local_hour, "mariadb")
def _mysql_hour(element: Any, compiler: Any, **values: Any) -> str:
    moment, offset = _parts(element, compiler, values)
    return f"substr(cast(date_add({moment}, interval {offset} minute) as char), 1, 13)"


@compiles(text_length)
def _length(element: Any, compiler: Any, **values: Any) -> str:
    return f"char_length({_parts(element, compiler, values)[0]})"


@compiles(text_length, "sqlite")
def _sqlite_length(element: Any, compiler: Any, **values: Any) -> str:
    return f"length({_parts(element, compiler, values)[0]})"
