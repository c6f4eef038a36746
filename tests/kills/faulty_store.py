"""A store that fails in every way that a store can, as often as it is told."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

from chatbot.storage.copies.stores import DirectoryStore, StoreError

# A listing may miss what is younger than this.
STALE_SECONDS = 0.3
LONGEST_DELAY = 0.3
# More in a row is a store that does not work, for which nothing is promised.
MOST_IN_A_ROW = 2


class FaultyStore(DirectoryStore):
    """A folder with faults; `rate` is the share of calls that have one."""

    lag = STALE_SECONDS + 0.05

    def __init__(self, folder: Path, *, rate: float, seed: int | str) -> None:
        super().__init__(folder)
        self._root = folder
        self._rate = rate
        self._random = random.Random(seed)
        self._in_a_row = 0

    def put(self, name: str, content: bytes) -> None:
        match self._choose("before", "after", "delay", "twice", "cut", "429", "412"):
            case "before":
                raise StoreError("failed before the effect")
            case "after":
                super().put(name, content)
                raise StoreError("failed after the effect")
            case "delay":
                time.sleep(self._random.uniform(0, LONGEST_DELAY))
            case "twice":
                super().put(name, content)
            case "cut":
                super().put(name, content[: self._random.randrange(len(content))])
                raise StoreError("broken off")
            case "429":
                raise StoreError("too many requests", wait=0.2)
            case "412":
                raise StoreError("another run wrote at the same moment")
        super().put(name, content)

    def list(self) -> list[str]:
        match self._choose("before", "stale", "delay"):
            case "before":
                raise StoreError("failed")
            case "stale":
                youngest = time.time() - STALE_SECONDS
                return [name for name in super().list() if self._made_at(name) < youngest]
            case "delay":
                time.sleep(self._random.uniform(0, LONGEST_DELAY))
        return super().list()

    def get(self, name: str) -> bytes | None:
        content = super().get(name)
        match self._choose("before", "cut"):
            case "before":
                raise StoreError("failed")
            case "cut" if content:
                return content[: self._random.randrange(len(content))]
        return content

    def delete(self, names: Sequence[str]) -> None:
        match self._choose("before", "after", "some"):
            case "before":
                raise StoreError("failed before the effect")
            case "after":
                super().delete(names)
                raise StoreError("failed after the effect")
            case "some":
                super().delete(names[: len(names) // 2])
                raise StoreError("broken off")
        super().delete(names)

    def _choose(self, *faults: str) -> str:
        if self._in_a_row >= MOST_IN_A_ROW or self._random.random() >= self._rate:
            self._in_a_row = 0
            return ""
        self._in_a_row += 1
        return self._random.choice(faults)

    def _made_at(self, name: str) -> float:
        try:
            return (self._root / name).stat().st_mtime
        except OSError:
            return 0.0
