"""`make migrate-database FROM=... TO=...`: moves all rows into another database.

The program must not run meanwhile. The command may be killed at any moment, and run again.
"""

import sys
import time
from contextlib import closing

from chatbot.errors import StartupError
from chatbot.logs import set_up_logging
from chatbot.settings import load_settings
from chatbot.storage.moving import Moved, move, open_end

USAGE = (
    "Name both databases: make migrate-database FROM=sqlite:////path/to/chatbot.db "
    "TO=postgresql://user:password@host/name"
)


def run(source_url: str, target_url: str) -> str:
    """Move the rows; returns what to tell. Raises StartupError with what to do in one line."""
    if not (source_url and target_url):
        raise StartupError(USAGE)
    settings = load_settings()
    set_up_logging(level="warning", secrets=settings.secret_values())
    key = settings.database_key.get_secret_value() if settings.database_key else None
    begun = time.monotonic()
    with closing(open_end("FROM", source_url, key)) as source:
        with closing(open_end("TO", target_url, key)) as target:
            return describe(move(source, target, show), time.monotonic() - begun)


def show(table: str, rows: int) -> None:
    """Say to a person at a terminal how far the copying is."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[Kcopying {table}: {rows:,} rows")


def describe(moved: list[Moved], seconds: float) -> str:
    """The rows of each table, and how long it took."""
    lines = [f"{table.table:<24}{table.rows:>12,}" for table in moved if table.rows]
    total = sum(table.rows for table in moved)
    end = f"All {total:,} rows of FROM are in TO, and each was compared. It took {seconds:.1f} s."
    return "\n".join([*lines, end])


def main() -> None:
    try:
        told = run(*(*sys.argv[1:3], "", "")[:2])
    except StartupError as error:
        sys.exit(f"The database was not moved. {error.user_message}")
    except KeyboardInterrupt:
        sys.exit("\nThe move was stopped. Run the same command again to go on.")
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main()
