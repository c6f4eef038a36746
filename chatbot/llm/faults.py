"""What went wrong with one model request, and what may be done about it."""

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chatbot.llm.deadline import Timing
from chatbot.llm.rounds import NOTHING_BILLED, Usage

# https://platform.openai.com/docs/guides/error-codes: retrying these restores nothing.
QUOTA_CODES = frozenset({
    "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "payment_required",
    "billing_hard_limit_reached",
})  # fmt: skip
RETRIED_STATUSES = frozenset({408, 409, 425, 429})
# A gateway gave up waiting: the provider behind it may have worked, and billed.
GATEWAY_TIMEOUTS = frozenset({408, 499, 504, 522, 524})
PARAMETERS = ("max_completion_tokens", "max_tokens", "temperature", "stream_options", "tools")
_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|prompt is too long|too many (input )?tokens",
    re.IGNORECASE,
)
_UNSUPPORTED = re.compile(
    r"not support|unsupported|unknown|unrecogni[sz]ed|not permitted|not allowed|only the default"
    r"|extra (inputs|fields)",
    re.IGNORECASE,
)


class Remedy(StrEnum):
    """What may be tried after a failed request."""

    RETRY = "retry"
    NEXT_MODEL = "next model"
    ADAPT = "adapt"
    SHORTEN = "shorten"


@dataclass(eq=False)
class AttemptFailed(Exception):
    """One request failed before any of its answer was shown.

    `reason` is for the log and the owner and holds no provider text, which can echo keys.
    `wait_seconds` is the provider's Retry-After; `open_seconds` how long not to ask the model;
    `counts` whether the breaker counts it; `parameter` the one that the model refused; `status` the
    HTTP status, 0 when there was none.
    """

    reason: str
    remedy: Remedy = Remedy.RETRY
    owner_action: str | None = None
    wait_seconds: float | None = None
    open_seconds: float | None = None
    counts: bool = True
    sent: bool = True
    usage: Usage | None = None
    parameter: str | None = None
    timed_out: bool = False
    status: int = 0


def from_status(
    model: str, *, status: int, error: object, headers: Mapping[str, str], timing: Timing
) -> AttemptFailed:
    """The failure that an HTTP error status (400 or above) and its `error` object stand for."""
    failure = _judge_status(model, status=status, error=error, headers=headers, timing=timing)
    failure.status = status
    return failure


def _judge_status(
    model: str, *, status: int, error: object, headers: Mapping[str, str], timing: Timing
) -> AttemptFailed:
    said = error if isinstance(error, dict) else {}
    code = _read_code(said)
    reason = f"status {status}" + (f" ({code})" if code else "")
    usage = None if status in GATEWAY_TIMEOUTS else NOTHING_BILLED
    refusal = _find_refusal(model, status=status, code=code)
    if refusal is not None:
        opened = timing.refused_open_seconds
        return AttemptFailed(
            reason, Remedy.NEXT_MODEL, refusal, open_seconds=opened, counts=False, usage=usage
        )
    if status in RETRIED_STATUSES or status >= 500:
        return _from_passing_status(reason, headers=headers, timing=timing, usage=usage)
    return _from_bad_request(model, reason, said=said, code=code)


def from_error_event(model: str, error: dict[str, Any], timing: Timing) -> AttemptFailed:
    """The failure that an error in the middle of a stream stands for; its cost is unknown."""
    status = error.get("code") if isinstance(error.get("code"), int) else error.get("status")
    status = status if isinstance(status, int) and 400 <= status < 600 else 0
    code = _read_code(error)
    reason = "error in the stream" + (f" ({code})" if code else "")
    refusal = _find_refusal(model, status=status, code=code)
    if refusal is not None:
        opened = timing.refused_open_seconds
        return AttemptFailed(reason, Remedy.NEXT_MODEL, refusal, open_seconds=opened, counts=False)
    if _is_too_long(error, code):
        return AttemptFailed(reason, Remedy.SHORTEN, counts=False)
    return AttemptFailed(reason)


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or a date, RFC 9110)."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * scale
        except (KeyError, ValueError):
            continue
        # "nan" parses as a number, and compares as false with everything.
        return None if math.isnan(seconds) else max(0.0, seconds)
    try:
        date = email.utils.parsedate_to_datetime(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return max(0.0, date.timestamp() - time.time())


def _from_passing_status(
    reason: str, *, headers: Mapping[str, str], timing: Timing, usage: Usage | None
) -> AttemptFailed:
    wait = parse_retry_after(headers)
    if wait is None or wait <= timing.longest_retry_after_seconds:
        return AttemptFailed(reason, wait_seconds=wait, usage=usage)
    opened = min(wait, timing.longest_open_seconds)
    return AttemptFailed(reason, Remedy.NEXT_MODEL, open_seconds=opened, counts=False, usage=usage)


def _from_bad_request(model: str, reason: str, *, said: dict[str, Any], code: str) -> AttemptFailed:
    if _is_too_long(said, code):
        return AttemptFailed(reason, Remedy.SHORTEN, counts=False, usage=NOTHING_BILLED)
    parameter = _find_parameter(said)
    if parameter is not None:
        return AttemptFailed(
            reason, Remedy.ADAPT, counts=False, usage=NOTHING_BILLED, parameter=parameter,
            owner_action=f"{model} does not take the parameter {parameter}. Choose another "
            "OPENAI_MODEL.",
        )  # fmt: skip
    action = f"{model} refused a request ({reason}). Check OPENAI_MODEL and OPENAI_BASE_URL."
    return AttemptFailed(reason, Remedy.NEXT_MODEL, action, counts=False, usage=NOTHING_BILLED)


def _find_refusal(model: str, *, status: int, code: str) -> str | None:
    """What the owner must do when the provider refuses for a reason that waiting does not mend."""
    if status == 402 or code in QUOTA_CODES:
        return (
            f"The provider account has no credit or is over its limit ({code or status}). "
            "Add credit or raise the limit at the provider; the chat answers from the profile "
            "until then."
        )
    if status == 401 or code == "invalid_api_key":
        return "OPENAI_API_KEY was refused (401). Put a valid key into OPENAI_API_KEY and restart."
    if status == 403:
        return (
            f"The provider does not allow this key to use {model} (403). "
            "Allow it at the provider, or set another OPENAI_API_KEY or OPENAI_MODEL."
        )
    if status == 404 or code == "model_not_found":
        return (
            f"The provider does not know the model {model} (404). "
            "Correct OPENAI_MODEL, OPENAI_FALLBACK_MODEL or OPENAI_BASE_URL and restart."
        )
    return None


def _read_code(error: dict[str, Any]) -> str:
    """`error.code`, else `error.type`, cut down to what a code can be."""
    for value in (error.get("code"), error.get("type")):
        if isinstance(value, str) and value:
            return re.sub(r"[^A-Za-z0-9_.-]", "", value)[:60]
    return ""


def _is_too_long(error: dict[str, Any], code: str) -> bool:
    return bool(_TOO_LONG.search(code) or _TOO_LONG.search(str(error.get("message", ""))))


def _find_parameter(error: dict[str, Any]) -> str | None:
    """The parameter that the model does not take, when the error is about one."""
    message, code = str(error.get("message", "")), str(error.get("code", ""))
    if not _UNSUPPORTED.search(f"{code} {message}"):
        return None
    if error.get("param") in PARAMETERS:
        return str(error["param"])
    named = [(match.start(), name) for name in PARAMETERS
             if (match := re.search(rf"\b{name}\b", message))]  # fmt: skip
    return min(named)[1] if named else None
