"""The log: one JSON object per line and event, with the ids of the turn it belongs to, no secret.

{"time", "level", "event", "logger", ...fields}: `event` is what happened; the fields are what the
caller gave as `extra=`, and the ids of `log_context` (turn_id, conversation_id, ...). Everything
outside ASCII and every control character is escaped, so no text can forge a line or a colour. An
error is written as its type, the first line of its message without what is quoted there, and the
places it came through: libraries quote values, which may be a visitor's words.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, TextIO
from urllib.parse import quote, unquote

OWN_LOGGER = "chatbot"
MIN_SECRET = 4
MAX_ERROR = 300
MAX_FRAMES = 20
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_QUOTED = re.compile(r"(['\"]).*?\1")
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=MappingProxyType({}))


@contextmanager
def log_context(**ids: str) -> Iterator[None]:
    """Put these ids on every line that is logged meanwhile, by this task and those it starts."""
    token = _context.set({**_context.get(), **ids})
    try:
        yield
    finally:
        _context.reset(token)


def set_up_logging(*, level: str, secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Write every log line as JSON to `stream` (standard error by default).

    `level` holds for this program; other libraries speak from warning on, because their debug
    lines hold addresses and messages. No line shows any of `secrets`.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(secrets))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OWN_LOGGER).setLevel(level.upper())
    logging.captureWarnings(True)
    sys.excepthook = _log_crash


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(OWN_LOGGER).critical("program crashed", exc_info=(kind, error, trace))


class JsonLines(logging.Formatter):
    """A record as one line of JSON in which no secret stands."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = _spellings(secrets)

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            **_context.get(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields |= _describe(record.exc_info[1])
        line = json.dumps({k: v for k, v in fields.items() if v is not None}, default=str)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Each secret as it may stand in a line, the longest first: one may be a part of another."""
    found = set()
    for secret in secrets:
        for spelling in (secret, quote(secret, safe=""), unquote(secret)):
            if len(spelling) >= MIN_SECRET:
                found.add(json.dumps(spelling)[1:-1])
    return sorted(found, key=len, reverse=True)


def _describe(error: BaseException) -> dict[str, Any]:
    words = str(error).strip().splitlines()
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    fields: dict[str, Any] = {
        "error": type(error).__name__,
        "message": _QUOTED.sub("'...'", words[0])[:MAX_ERROR] if words else None,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or error.__context__
    if cause is not None:
        fields["cause"] = _describe(cause)
    return fields
