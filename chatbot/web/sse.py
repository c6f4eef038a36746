"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import json
from collections.abc import Mapping
from typing import Any

EVENT_STREAM = "text/event-stream"
# Some proxies collect what they pass on unless they are told not to.
STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def wants_stream(headers: Mapping[str, str]) -> bool:
    """Whether a request's Accept header asks for events."""
    kinds = (headers.get("accept") or "").split(",")
    return any(kind.partition(";")[0].strip().lower() == EVENT_STREAM for kind in kinds)


def write_event(name: str, data: Mapping[str, Any]) -> str:
    """One event; JSON has no line end in it, which would end the event.

    In ASCII: some readers take U+2028 and its like for line ends too.
    """
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
