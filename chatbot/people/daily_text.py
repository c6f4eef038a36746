"""The words of the daily summary."""

from collections.abc import Mapping
from typing import Any

from chatbot.people.quoting import plain, quote

MAX_NAME = 40
MICRO = 1_000_000


def build_daily(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Title and lines; what there was none of is left out."""
    visitors, asked = _count(payload, "visitors"), _count(payload, "asked")
    names = [quote(name, MAX_NAME) for name in payload.get("names") or ()]
    lines = [
        f"{_many(visitors, 'visitor')}, {asked} of them wrote" if visitors else "",
        _many(_count(payload, "conversations"), "conversation"),
        _with(_many(_count(payload, "contacts"), "new contact"), names),
        _many(_count(payload, "escalations"), "person waits", "people wait", " for you"),
        _many(_count(payload, "questions"), "question waits", "questions wait", " for your answer"),
        _calls("Calls today", payload.get("calls_today")),
        _calls("Calls tomorrow", payload.get("calls_tomorrow")),
        _spent(_count(payload, "cost_micro_usd")),
        _many(_count(payload, "failed_emails"), "e-mail", "e-mails", " could not be sent"),
    ]
    title = f"Your day: {plain(payload.get('day_name'), 40) or 'a summary'}"
    return title, [line for line in lines if line] or ["There is nothing to tell."]


def _count(payload: Mapping[str, Any], name: str) -> int:
    return int(payload.get(name) or 0)


def _many(count: int, one: str, more: str = "", rest: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}s'}{rest}" if count else ""


def _with(words: str, names: list[str]) -> str:
    return f"{words}: {', '.join(names)}" if words and names else words


def _calls(when: str, calls: Any) -> str:
    told = [
        f"{plain(call.get('at'), 5)} {quote(call.get('name'), MAX_NAME)}" for call in calls or ()
    ]
    return f"{when}: {', '.join(told)}" if told else ""


def _spent(micro_usd: int) -> str:
    if not micro_usd:
        return ""
    dollars = micro_usd / MICRO
    return (
        f"Spent on answers: USD {dollars:.2f}"
        if dollars >= 0.01
        else "Spent on answers: under USD 0.01"
    )
