"""The words of a notification: what a person needs on a lock screen, as plain text.

Nothing that a visitor typed is in a title. In the message it stands in double quotes that it cannot
close, on one line, shortened, without control or direction characters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.people.daily_text import build_daily
from chatbot.people.notifications import NotificationKind
from chatbot.people.quoting import cut, plain, quote
from chatbot.storage.models import EscalationReason

# Pushover's limits (https://pushover.net/api#limits), the narrowest of the common channels.
MAX_TITLE = 250
MAX_MESSAGE = 1024
MAX_QUOTE = 300
MAX_NAME = 80
MAX_ADDRESS = 120
MAX_ACTION = 600
MAX_DIGEST_LINE = 100
# Links that would leave less room for the words than this are left out.
MIN_WORDS = 400
MICRO = 1_000_000

REASONS: dict[str, str] = {
    EscalationReason.REQUESTED: "They asked for you.",
    EscalationReason.KEYWORD: "They used one of your keywords.",
    EscalationReason.LOW_CONFIDENCE: "The last answers did not rest on your profile.",
    EscalationReason.TECHNICAL: "The chat failed twice in a row.",
    EscalationReason.COMPLAINT: "They complain about an answer.",
    EscalationReason.URGENT: "They wrote of an emergency.",
}
WORDS: dict[str, tuple[str, str]] = {
    NotificationKind.CONTACT: ("contact", "contacts"),
    NotificationKind.ESCALATION: ("request for you", "requests for you"),
    NotificationKind.QUESTION: ("open question", "open questions"),
    NotificationKind.BOOKING: ("call", "calls"),
    NotificationKind.BUDGET: ("budget notice", "budget notices"),
    NotificationKind.PROVIDER: ("provider notice", "provider notices"),
    NotificationKind.CALL_ERASED: ("call that is off", "calls that are off"),
}


@dataclass(frozen=True)
class Link:
    """An address, and what opening it is for."""

    label: str
    url: str


@dataclass(frozen=True)
class NotificationText:
    """A title of at most 250 and a message of at most 1024 characters, both plain text.

    `link` is the first of the message's links, for channels that show one by itself.
    """

    title: str
    message: str
    link: Link | None = None


def build_text(
    kind: str, payload: Mapping[str, Any], *, links: Sequence[Link] = ()
) -> NotificationText:
    """The words for one notification, and at their end the links that there is room for.

    Pure: the same values give the same words, whatever is missing from the payload.
    """
    builders = {
        NotificationKind.CONTACT: _contact,
        NotificationKind.ESCALATION: _escalation,
        NotificationKind.QUESTION: _question,
        NotificationKind.BOOKING: _booking,
        NotificationKind.BUDGET: _budget,
        NotificationKind.PROVIDER: _provider,
        NotificationKind.CALL_ERASED: _call_erased,
        NotificationKind.DIGEST: _digest,
        NotificationKind.DAILY: build_daily,
        NotificationKind.TEST: _test,
    }
    build = builders.get(NotificationKind(kind)) if kind in set(NotificationKind) else None
    title, lines = build(payload) if build else ("News from your chatbot", ["Look at your page."])
    shown = _fitting(links)
    end = "".join(f"\n{link.label}: {link.url}" for link in shown)
    message = cut("\n".join(line for line in lines if line), MAX_MESSAGE - len(end)) + end
    return NotificationText(cut(title, MAX_TITLE), message, next(iter(shown), None))


def _fitting(links: Sequence[Link]) -> list[Link]:
    """The links up to the first that would take the room of the words: none is ever cut."""
    room, shown = MAX_MESSAGE - MIN_WORDS, []
    for link in links:
        room -= len(f"\n{link.label}: {link.url}")
        if room < 0:
            break
        shown.append(link)
    return shown


def build_line(kind: str, payload: Mapping[str, Any]) -> str:
    """One line of a digest for a notification that was not sent on its own."""
    word = WORDS.get(kind, (kind, kind))[0].capitalize()
    said = (
        payload.get("note") or payload.get("text") or payload.get("notes") or payload.get("topic")
    )
    parts = [_who(payload), quote(said, 60) if said else "", plain(payload.get("action"), 60)]
    return cut(f"{word}: {', '.join(part for part in parts if part)}", MAX_DIGEST_LINE)


def _who(payload: Mapping[str, Any]) -> str:
    name = quote(payload["name"], MAX_NAME) if payload.get("name") else ""
    if payload.get("company"):
        name = f"{name or 'somebody'} of {quote(payload['company'], MAX_NAME)}"
    ways = [plain(payload.get("email"), MAX_ADDRESS), plain(payload.get("phone"), 30)]
    return ", ".join(part for part in [name, *ways] if part)


def _contact(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    is_first = payload.get("is_first", True)
    notes, junk = payload.get("notes"), plain(payload.get("junk_reason"), MAX_QUOTE)
    title = "New contact" if is_first else "A contact left more details"
    return (
        f"{title} (may be junk)" if junk else title,
        [
            f"May be junk: {junk}" if junk else "",
            f"From: {_who(payload) or 'no name'}",
            f"They wrote: {quote(notes, MAX_QUOTE)}" if notes else "",
            "Answer them directly. All details are under Owner, Contacts.",
        ],
    )


def _escalation(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    who, note = _who(payload), payload.get("note")
    reason = REASONS.get(str(payload.get("reason")), "They may need a person.")
    waiting = int(payload.get("waiting_minutes") or 0)
    return (
        "Someone in the chat still waits for you" if waiting else "Someone in the chat needs you",
        [
            f"For {_duration(waiting)} nobody has answered." if waiting else "",
            f"Why: {reason}",
            f"They wrote: {quote(note, MAX_QUOTE)}" if note else "",
            f"From: {who}" if who else "They left no address so far.",
            "They were told that you know. Read the chat under Owner, Escalations.",
        ],
    )


def _duration(minutes: int) -> str:
    count, unit = (minutes // 60, "hour") if minutes >= 120 else (minutes, "minute")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _question(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    who = _who(payload)
    return (
        "A question waits for your answer",
        [
            f"Your profile does not answer: {quote(payload.get('text'), MAX_QUOTE)}",
            f"From: {who}" if who else "They left no address so far.",
            "Answer it under Owner, Questions.",
        ],
    )


def _booking(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    titles = {"cancelled": "A call was cancelled", "moved": "A call was moved"}
    news, topic = str(payload.get("news")), payload.get("topic")
    when, before = plain(payload.get("when"), 80), plain(payload.get("before"), 80)
    todo = {
        "cancelled": "The time is free again. There is nothing to do.",
        "moved": "The visitor has the new time. If it does not suit you, cancel it there.",
    }
    ask = "Put it into your calendar (Owner, Calls, has the file), or cancel it there."
    return (
        titles.get(news, "A call was booked"),
        [
            f"When: {when}" + (f", before: {before}" if before else ""),
            f"With: {_who(payload) or 'no name'}",
            f"About: {quote(topic, MAX_QUOTE)}" if topic else "",
            todo.get(news, ask),
        ],
    )


def _budget(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    share = float(payload.get("share") or 0)
    cap = float(payload.get("cap_micro_usd") or 0) / MICRO
    day = plain(payload.get("day"), 10)
    more = "To allow more, raise DAILY_BUDGET_USD and restart."
    if share >= 1:
        words = f"The USD {cap:.2f} of {day} are spent or reserved."
        limited = "The chat now answers in limited mode until midnight UTC."
        return "Today's model budget is spent", [words, limited, more]
    spent = f"About USD {cap * share:.2f} of {cap:.2f} are spent on {day}."
    limited = "At 100 % the chat goes on in limited mode until midnight UTC."
    return f"{share:.0%} of today's model budget is spent", [spent, limited, more]


def _provider(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    return (
        "The model provider refuses your chatbot",
        [
            plain(payload.get("action"), MAX_ACTION),
            "Until then the chat answers in limited mode.",
        ],
    )


def _call_erased(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    calls = [plain(call, 25) for call in payload.get("calls") or ()]
    return (
        "A call is off",
        [
            "The visitor who had booked it erased everything about themselves.",
            *(f"It was to begin at {call}." for call in calls),
        ],
    )


def _digest(payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    counts: Mapping[str, int] = payload.get("counts") or {}
    total = sum(counts.values())
    kinds = [
        f"{count} {WORDS.get(kind, (kind, kind))[count != 1]}" for kind, count in counts.items()
    ]
    lines = [plain(line, MAX_DIGEST_LINE) for line in payload.get("lines") or ()]
    is_after_quiet = bool(payload.get("was_quiet"))
    why = "From your quiet hours" if is_after_quiet else "In one message, because there are many"
    return (
        f"{total} notifications waited for you"
        if is_after_quiet
        else f"{total} more notifications",
        [
            f"{why}: {', '.join(kinds)}.",
            "All are on your page, under Owner. The latest:",
            *lines,
        ],
    )


def _test(_payload: Mapping[str, Any]) -> tuple[str, list[str]]:
    return "Test of your notifications", ["If you can read this, this channel works."]
