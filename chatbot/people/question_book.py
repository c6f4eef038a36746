"""Which group a question belongs to: those that were asked before, kept in memory by their words.

The database alone decides what is in which group; the book only spares reading every question for
each one that is filed. It follows what other processes and the owner change.
"""

import threading
import uuid
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.knowledge.question_groups import SAME_WORDING, QuestionIndex
from chatbot.storage import question_groups

MAX_QUESTIONS = 10_000
# A change is seen when it is committed, which may be later than the moment that it bears.
COMMITTED_WITHIN = timedelta(minutes=1)


class QuestionBook:
    """The questions of one database by their words."""

    def __init__(self) -> None:
        self._index: QuestionIndex[uuid.UUID] = QuestionIndex()
        self._rows: dict[uuid.UUID, tuple[uuid.UUID, str]] = {}
        self._read_until: datetime | None = None
        self._lock = threading.Lock()

    def find_group(self, session: Session, text: str) -> uuid.UUID | None:
        """The group of questions that mean the same as `text`, or None."""
        groups = self.find_similar(session, text, limit=1)
        return next((key for key, value in groups.items() if value >= SAME_WORDING), None)

    def find_similar(self, session: Session, text: str, *, limit: int) -> dict[uuid.UUID, float]:
        """The groups most similar to `text`, each with its similarity 0..1, best first."""
        with self._lock:
            self._refresh(session)
            found = list(self._index.find_groups(text).items())
        return {key: value for key, value in found[:limit] if isinstance(key, uuid.UUID)}

    def _refresh(self, session: Session) -> None:
        since = None if self._read_until is None else self._read_until - COMMITTED_WITHIN
        self._take_in(session, since)
        if since is not None and question_groups.count_questions(session) < len(self._rows):
            # Questions have been erased: nothing of them may be kept here either.
            self._index, self._rows = QuestionIndex(), {}
            self._take_in(session, None)

    def _take_in(self, session: Session, since: datetime | None) -> None:
        rows = question_groups.list_changed(session, since=since, limit=MAX_QUESTIONS)
        for question_id, group_id, text, changed_at in reversed(rows):
            row = (group_id or question_id, text)
            if self._rows.get(question_id) != row:
                self._rows[question_id] = row
                self._index.add(question_id, text, row[0])
            self._read_until = max(changed_at, self._read_until or changed_at)
