"""One page of a long list, and searching in texts alike on every database."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, select

Item = TypeVar("Item")

PAGE_SIZE = 25
MAX_PAGE_SIZE = 200
MAX_PAGE = 10_000


@dataclass(frozen=True)
class PageOf(Generic[Item]):
    """Some of the `total` items of a list; `page` counts from 1, `size` is the most on one page."""

    items: tuple[Item, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are: at least one, which may be empty."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class PageRequest:
    """Which page is wanted; a number out of range becomes the nearest that is in it."""

    page: int = 1
    size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", min(max(1, self.page), MAX_PAGE))
        object.__setattr__(self, "size", min(max(1, self.size), MAX_PAGE_SIZE))


def read_page(session: Session, statement: Any, request: PageRequest) -> tuple[list[Any], int]:
    """The rows of one page of an ordered statement, and how many rows there are in all."""
    counted = statement.order_by(None).subquery()
    total = session.exec(select(func.count()).select_from(counted)).one()
    rows = statement.offset((request.page - 1) * request.size).limit(request.size)
    return list(session.exec(rows).all()), int(total)


def contains(words: str, *columns: Any) -> ColumnElement[bool]:
    """Whether one of the columns holds these words, whatever their case.

    SQLite folds the case of ASCII letters only, so other words are looked for in the usual cases.
    """
    cases = {words}
    if not words.isascii():
        cases |= {words.lower(), words.upper(), words.capitalize(), words.title()}
    return or_(
        *(column.icontains(form, autoescape=True) for column in columns for form in sorted(cases))
    )
