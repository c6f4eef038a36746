"""Looks at what a browser sends to Gradio before Gradio does.

An unknown event or a body of the wrong shape makes Gradio raise and log a stack trace.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chatbot.web.refusals import Refusal

_MAX_SESSION_CHARS = 64


@dataclass(frozen=True)
class GradioCall:
    """A call as it was sent: of which event, by which page, with how many values."""

    event: int
    session: str
    count: int


def read_call(body: bytes) -> GradioCall:
    """Raises `Refusal` unless `body` is JSON that has the shape of a call."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal.of_status(400) from error
    if not isinstance(call, dict) or not isinstance(call.get("data"), list):
        raise Refusal.of_status(400)
    event, session = call.get("fn_index"), call.get("session_hash")
    if not isinstance(session, str) or not 0 < len(session) <= _MAX_SESSION_CHARS:
        raise Refusal.of_status(400)
    if not isinstance(event, int) or isinstance(event, bool):
        raise Refusal.of_status(404)
    return GradioCall(event, session, len(call["data"]))


def check_call(call: GradioCall, events: Collection[int]) -> None:
    """Raises `Refusal` unless `call` names one of `events` and brings its values.

    `events` are the known ids; where it maps them to how many values each takes, that is checked.
    """
    if call.event not in events:
        raise Refusal.of_status(404)
    if isinstance(events, Mapping) and call.count != events[call.event]:
        raise Refusal.of_status(400)
