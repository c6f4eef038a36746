"""How what leaves this program is tried again, and how it is marked when it is out."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from chatbot.storage.database import Database

MARK_TRIES = 5
MARK_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Retries:
    """Retries wait `first_seconds`, doubled each time up to `longest_seconds`, give or take a
    quarter, until `give_up_after`."""

    first_seconds: float = 10.0
    longest_seconds: float = 3600.0
    give_up_after: timedelta = timedelta(hours=24)

    def pause(self, attempts: int, wished: Iterable[float | None]) -> timedelta:
        """How long to wait after `attempts` tries; at least the seconds that were wished for."""
        doubled = self.first_seconds * 2 ** min(attempts - 1, 30)
        seconds = min(doubled, self.longest_seconds) * random.uniform(0.75, 1.25)
        return timedelta(seconds=max([seconds, *filter(None, wished)]))


async def write_for_sure(database: Database, work: Callable[[Session], None]) -> None:
    """What is out must be marked, or it is sent again: a database that refuses is asked again."""
    for tries_left in reversed(range(MARK_TRIES)):
        try:
            await database.write(work)
            return
        except Exception:
            if not tries_left:
                raise
            await asyncio.sleep(MARK_PAUSE_SECONDS)
