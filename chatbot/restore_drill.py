"""`make restore-drill`: proves the copies in SNAPSHOT_STORE by restoring them."""

import sys

from chatbot.errors import StartupError
from chatbot.foundations import open_drill
from chatbot.logs import set_up_logging
from chatbot.settings import load_settings


def main() -> None:
    try:
        settings = load_settings()
        set_up_logging(level="warning", secrets=settings.secret_values())
        drill, close = open_drill(settings)
    except StartupError as error:
        sys.exit(f"The drill did not start. {error.user_message}")
    try:
        result = drill.run()
    finally:
        close()
    if not result.is_ok:
        sys.exit(f"The copy is NOT what the database is: {result.fault}")
    sys.stdout.write(
        f"The copy was restored: all {result.rows:,} rows are those of the database.\n"
    )


if __name__ == "__main__":
    main()
