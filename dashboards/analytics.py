"""The owner's analytics in one call: what the Analytics tab and the API read.

Nothing here asks who is calling: every handler and route checks the owner before it comes here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from chatbot.storage.database import Database
from chatbot.storage.models import utc_now
from dashboards.engagement import Engagement, get_engagement
from dashboards.period import Period
from dashboards.queries import (
    DailyActive,
    Funnel,
    Overview,
    get_daily_active,
    get_funnel,
    get_overview,
)
from dashboards.top_questions import TopQuestions, get_top_questions

TOP_QUESTIONS = 10

Figure = TypeVar("Figure")


@dataclass(frozen=True)
class AnalyticsView:
    """Every figure of one period, all read at one moment."""

    period: Period
    overview: Overview
    daily: DailyActive
    funnel: Funnel
    questions: TopQuestions
    engagement: Engagement


class Analytics:
    """Reads figures of the last days, or of all time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read_figure(
        self,
        days: int | None,
        figure: Callable[[Session, Period], Figure],
        *,
        utc_offset_minutes: int = 0,
        now: datetime | None = None,
    ) -> Figure:
        """One figure of a period as `read` takes it; `figure` is one of the queries."""
        period = _find_period(days, now or utc_now(), utc_offset_minutes)
        return await self._database.read(lambda session: figure(session, period))

    async def read(
        self, days: int | None, *, utc_offset_minutes: int = 0, now: datetime | None = None
    ) -> AnalyticsView:
        """The figures of today and the days before it, `days` in all; None means all time.

        Raises InvalidInput for a number of days or an offset that cannot be.
        """
        period = _find_period(days, now or utc_now(), utc_offset_minutes)

        def work(session: Session) -> AnalyticsView:
            return AnalyticsView(
                period=period,
                overview=get_overview(session, period),
                daily=get_daily_active(session, period),
                funnel=get_funnel(session, period),
                questions=get_top_questions(session, period, limit=TOP_QUESTIONS),
                engagement=get_engagement(session, period),
            )

        return await self._database.read(work)


def _find_period(days: int | None, now: datetime, utc_offset_minutes: int) -> Period:
    if days is None:
        return Period.all_time(now=now, utc_offset_minutes=utc_offset_minutes)
    return Period.last_days(days, now=now, utc_offset_minutes=utc_offset_minutes)
