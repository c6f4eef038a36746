"""Where copies go: what every store can do, and the store that is a folder."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from chatbot.storage.copies.objects import IN_USE


class StoreError(Exception):
    """The store did not do what it was asked, or did not say so: the effect is not known.

    `reason` is for the owner, and so is `remedy`, a sentence where the usual one would mislead.
    `is_final` says that trying again is of no use until somebody changes a setting; `wait` is how
    many seconds the store asks to be left alone.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, wait: float = 0.0, remedy: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.wait = wait
        self.remedy = remedy


class Store(Protocol):
    """Keeps objects by name. Every method raises StoreError, and none waits for ever.

    `interval` is the least number of seconds between two shipments that nobody waits for;
    `lag` is by how many seconds a listing may be old.
    """

    kind: str
    interval: float
    lag: float

    def prepare(self) -> None:
        """Make the store when it is missing, and make sure that it is private."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Store an object; when this returns it is safe. The same again changes nothing."""
        ...

    def list(self) -> list[str]:
        """The names of all objects, in no order; empty for a store that was never used."""
        ...

    def get(self, name: str) -> bytes | None:
        """An object's content; None when there is no such object."""
        ...

    def delete(self, names: Sequence[str]) -> None:
        """Remove objects for good; names that are not there are no error."""
        ...

    def may_hurry(self) -> bool:
        """Whether a shipment that a visitor waits for may go before `interval` is over."""
        ...


class DirectoryStore:
    """A folder, on another disk than the database's for the copies to be worth something."""

    kind = "folder"
    interval = 0.4
    lag = 0.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._disk: int | None = None

    def prepare(self) -> None:
        try:
            # Not its parents: where a disk is not mounted, an empty store would be made.
            self._folder.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder):
                pass
            self._disk = self._folder.stat().st_dev
        except OSError as error:
            reason = f"the folder {self._folder} cannot be written ({error.strerror})"
            raise StoreError(reason, is_final=True) from error

    def put(self, name: str, content: bytes) -> None:
        path = self._folder / name
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self._require_disk()
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise _failed(error) from error

    def _require_disk(self) -> None:
        """Refuse to begin anew in a folder that went, or on the disk below one that was unmounted.

        Mounted again it may be another device, and is known by what it holds.
        """
        disk = self._folder.stat().st_dev
        if self._disk not in (None, disk) and not (self._folder / IN_USE).exists():
            raise StoreError(f"the disk of the folder {self._folder} is not mounted")

    def list(self) -> list[str]:
        try:
            if not self._folder.is_dir():
                raise StoreError(f"the folder {self._folder} is not there")
            found = []
            for place, _, files in os.walk(self._folder, onerror=_raise):
                base = Path(place).relative_to(self._folder)
                found += [(base / name).as_posix() for name in files if not name.startswith(".")]
            return found
        except OSError as error:
            raise _failed(error) from error

    def get(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed(error) from error

    def delete(self, names: Sequence[str]) -> None:
        try:
            for name in names:
                (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise _failed(error) from error
        for folder in {(self._folder / name).parent for name in names}:
            with suppress(OSError):  # it still holds something
                folder.rmdir()

    def may_hurry(self) -> bool:
        return True


def _raise(error: OSError) -> None:
    raise error


def _failed(error: OSError) -> StoreError:
    return StoreError(f"the folder does not work ({error.strerror})")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
