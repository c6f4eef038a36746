"""One program per SQLite file: two of them would each take the other's open turns for dead."""

from pathlib import Path
from typing import IO

from chatbot.errors import StartupError


class FileLock:
    """A lock that lasts as long as the process, however that ends.

    Raises StartupError when another program holds it. Where the system has no such locks
    (Windows), it is always granted.
    """

    def __init__(self, database_file: Path) -> None:
        self._file: IO[str] | None = None
        try:
            import fcntl
        except ImportError:
            return
        file = database_file.with_name(database_file.name + ".lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise StartupError(
                f"The database {database_file} is in use by another copy of this program. "
                "Stop that one, or set DATA_DIR to another folder."
            ) from error
        self._file = file

    def release(self) -> None:
        """Let another program have the database."""
        if self._file is not None:
            self._file.close()
            self._file = None
