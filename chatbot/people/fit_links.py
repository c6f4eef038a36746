"""Links to fit sheets: signed, good for some weeks, and worth nothing once the sheet is erased."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chatbot.signing import Signer
from chatbot.storage.models import utc_now

FIT_PATH = "/fit"
VALID = timedelta(days=30)
MAX_TOKEN = 200


class FitLinks:
    """Makes and reads these links; the token in one opens one sheet."""

    def __init__(self, signer: Signer, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._signer = signer
        self._clock = clock

    def build_path(self, job_id: uuid.UUID) -> str:
        """The path that opens the sheet of a job description, for 30 days."""
        ends = int((self._clock() + VALID).timestamp())
        return f"{FIT_PATH}/{self._signer.sign(f'{job_id.hex}-{ends}')}"

    def read(self, token: str) -> uuid.UUID | None:
        """Whose sheet a token opens; None for one that is forged or has expired."""
        text = self._signer.read(token) if 0 < len(token) <= MAX_TOKEN else None
        if text is None:
            return None
        key, _, ends = text.partition("-")
        if datetime.fromtimestamp(int(ends), UTC) < self._clock():
            return None
        return uuid.UUID(key)
