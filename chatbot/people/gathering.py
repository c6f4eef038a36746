"""Which notifications are not sent by themselves: those of a full hour and those of quiet hours.

Quiet hours hold back everything but an escalation. What waited for their end then comes as one
message; nothing needs to be remembered for that, because it is what was made before they ended and
has not been tried since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.hours import DailySpan
from chatbot.people.notification_text import build_line
from chatbot.people.notifications import NotificationKind
from chatbot.storage import outbox
from chatbot.storage.models import Notification, NotificationStatus

GATHERED_AT_ONCE = 500
DIGEST_LINES = 8
# These do not count among the notifications of an hour.
UNCOUNTED = (NotificationKind.DIGEST, NotificationKind.DAILY, NotificationKind.TEST)
URGENT = (NotificationKind.ESCALATION,)
# A summary of its own already.
ALONE = (NotificationKind.DAILY,)


@dataclass(frozen=True)
class GatheringValues:
    """When notifications come together.

    Above `hourly_limit` new notifications in an hour the others wait `digest_after` for each other;
    digests are at least `digest_every` apart. Within `quiet_hours` only escalations are sent.
    """

    hourly_limit: int = 20
    digest_after: timedelta = timedelta(minutes=1)
    digest_every: timedelta = timedelta(minutes=15)
    quiet_hours: DailySpan | None = None


def holds_back(
    session: Session, row: Notification, *, values: GatheringValues, now: datetime
) -> bool:
    """Whether a due notification is not to be tried by itself now.

    Then it waits until a later moment, or is gathered with others into a digest.
    """
    span = values.quiet_hours
    quiet_until = span.end_around(now) if span else None
    if quiet_until is not None and not _is_urgent(row):
        row.next_attempt_at = quiet_until
        session.add(row)
        return True
    if row.announced_at is not None or row.kind in ALONE:
        return False
    if span is not None and row.kind not in URGENT and _waited(session, row, span, now):
        return True
    if not _is_hour_full(session, values, now):
        return False
    _gather_or_wait(session, values, now, kinds=URGENT if quiet_until else None)
    return True


def _is_urgent(row: Notification) -> bool:
    if row.kind == NotificationKind.DIGEST:
        return set(row.payload.get("counts") or ()) <= set(URGENT)
    return row.kind in URGENT


def _waited(session: Session, row: Notification, span: DailySpan, now: datetime) -> bool:
    """Gather what waited for the end of the quiet hours; one alone is sent as itself."""
    ended = span.last_end(now)
    if row.created_at >= ended:
        return False
    waiting = outbox.lock_unannounced(
        session, limit=GATHERED_AT_ONCE, except_kinds=(*ALONE, *URGENT), created_before=ended
    )
    if len(waiting) < 2:
        return False
    _gather(session, waiting, now, was_quiet=True)
    return True


def _is_hour_full(session: Session, values: GatheringValues, now: datetime) -> bool:
    since = now - timedelta(hours=1)
    count = outbox.count_announced(session, since=since, except_kinds=UNCOUNTED)
    return count >= values.hourly_limit


def _gather_or_wait(
    session: Session, values: GatheringValues, now: datetime, *, kinds: Sequence[str] | None
) -> None:
    """Put what waits into one digest, when it is time for one; else let it wait."""
    last = outbox.last_announced(session, kind=NotificationKind.DIGEST)
    waiting = outbox.lock_unannounced(
        session, limit=GATHERED_AT_ONCE, except_kinds=ALONE, kinds=kinds
    )
    opens_at = waiting[0].created_at + values.digest_after
    if last is not None:
        opens_at = max(opens_at, last + values.digest_every)
    if now >= opens_at:
        _gather(session, waiting, now)
        return
    for row in waiting:
        row.next_attempt_at = opens_at


def _gather(
    session: Session, waiting: Sequence[Notification], now: datetime, *, was_quiet: bool = False
) -> None:
    counts: dict[str, int] = {}
    for row in waiting:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    lines = [build_line(row.kind, row.payload) for row in reversed(waiting[-DIGEST_LINES:])]
    digest = Notification(
        kind=NotificationKind.DIGEST,
        payload={"counts": counts, "lines": lines, "was_quiet": was_quiet},
        announced_at=now,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(digest)
    for row in waiting:
        row.status, row.digest_id, row.updated_at = NotificationStatus.GATHERED, digest.id, now
