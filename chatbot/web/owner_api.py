"""The owner by program: a token for the password, and the figures of the Analytics tab."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from chatbot.web.access import OwnerAccess
from chatbot.web.api_errors import ErrorBody
from chatbot.web.api_models import OwnerToken, Password
from chatbot.web.callers import Callers
from chatbot.web.chat_api import NO_STORE
from chatbot.web.client_address import client_address
from chatbot.web.owner_token import LIFETIME
from dashboards.analytics import Analytics
from dashboards.engagement import get_engagement
from dashboards.period import MAX_DAYS, MAX_OFFSET, MIN_OFFSET
from dashboards.queries import get_daily_active, get_overview
from dashboards.top_questions import get_top_questions

MAX_TOP = 100
_OWNERS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No owner's token, or one that holds no more."},
    403: {"model": ErrorBody, "description": "A visitor's token: this is for the owner."},
    422: {"model": ErrorBody, "description": "A value cannot be used; the message says which."},
    503: {"model": ErrorBody, "description": "Try again in a moment; see Retry-After."},
}
_SIGN_IN: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "This is not the password."},
    422: {"model": ErrorBody, "description": "There is no password in the request."},
    429: {"model": ErrorBody, "description": "Five wrong tries: wait as Retry-After says."},
    503: {"model": ErrorBody, "description": "Try again in a moment; see Retry-After."},
}
_SIGN_OUT: dict[int | str, dict[str, Any]] = {status: _OWNERS[status] for status in (401, 403, 503)}

Days = Annotated[int, Query(ge=1, le=MAX_DAYS, description="Today and the days before it.")]
Offset = Annotated[
    int, Query(ge=MIN_OFFSET, le=MAX_OFFSET, description="Your clock, in minutes from UTC.")
]


class OverviewBody(BaseModel):
    """The main numbers of a period; what is open is open now, whatever the period."""

    days: int
    sessions: int
    asked: int
    converted: int
    conversion_rate: float
    conversations: int
    messages: int
    answers: int
    limited_answers: int
    contacts: int
    open_questions: int
    open_escalations: int
    cost_usd: float
    first_text_ms: float | None
    thumbs_up: int
    thumbs_down: int


class DayBody(BaseModel):
    """Visitors who wrote on one day, as "2027-01-05"."""

    date: str
    users: int


class DailyBody(BaseModel):
    """Every day of a period, oldest first; the quiet ones too."""

    days: list[DayBody]


class TopQuestionBody(BaseModel):
    """A question, how often it was asked, and how often it got no answer."""

    question: str
    count: int
    unanswered: int
    last_asked_at: str


class TopQuestionsBody(BaseModel):
    """What visitors ask most, most frequent first."""

    questions: list[TopQuestionBody]


class ConversionBody(BaseModel):
    """Of the visits in which something was asked, those that left a contact; `rate` is 0 to 1."""

    days: int
    asked: int
    converted: int
    rate: float


class DepthBody(BaseModel):
    """Conversations with `fewest` to `most` questions (null: no upper end)."""

    fewest: int
    most: int | None
    conversations: int


class EngagementBody(BaseModel):
    """How much visitors talk and when; `hours` counts messages by hour of the day, from 0."""

    days: int
    conversations: int
    questions: int
    questions_per_conversation: float
    answer_characters: float | None
    asked: int
    returned: int
    depths: list[DepthBody]
    hours: list[int]


def build_token_api(access: OwnerAccess, callers: Callers) -> APIRouter:
    """`/api/token`: sign in and out with a password, for programs."""
    router = APIRouter(prefix="/api", tags=["Owner"])

    @router.post("/token", summary="Sign in as the owner", responses=_SIGN_IN)
    async def sign_in(request: Request, response: Response, given: Password) -> OwnerToken:
        """A token for an hour: `Authorization: Bearer TOKEN`. Five wrong tries in 15 minutes, those
        at the sign-in page counted in, close both doors for 15 minutes."""
        response.headers.update(NO_STORE)
        token = await access.issue_token(given.password, address=client_address(request) or "")
        return OwnerToken(access_token=token, expires_in=int(LIFETIME / timedelta(seconds=1)))

    @router.delete("/token", status_code=204, summary="Sign out", responses=_SIGN_OUT)
    async def sign_out(request: Request) -> Response:
        """End the token that the request brings, at once."""
        await callers.require_owner(request)
        await access.sign_out(request.headers)
        return Response(status_code=204)

    return router


def build_analytics_api(analytics: Analytics, callers: Callers) -> APIRouter:
    """`/api/analytics`: the figures of the Analytics tab, for the owner."""
    router = APIRouter(prefix="/api/analytics", tags=["Analytics"], responses=_OWNERS)

    @router.get("/overview", summary="The main numbers")
    async def overview(
        request: Request, response: Response, days: Days = 30, utc_offset: Offset = 0
    ) -> OverviewBody:
        await _check(request, response)
        found = await analytics.read_figure(days, get_overview, utc_offset_minutes=utc_offset)
        return OverviewBody(days=days, conversion_rate=found.conversion_rate, **vars(found))

    @router.get("/daily-active-users", summary="Visitors per day")
    async def daily_active_users(
        request: Request, response: Response, days: Days = 30, utc_offset: Offset = 0
    ) -> DailyBody:
        await _check(request, response)
        found = await analytics.read_figure(days, get_daily_active, utc_offset_minutes=utc_offset)
        return DailyBody(
            days=[DayBody(date=row.day.isoformat(), users=row.sessions) for row in found.days]
        )

    @router.get("/top-questions", summary="What visitors ask most")
    async def top_questions(
        request: Request,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=MAX_TOP)] = 10,
        days: Days = 30,
    ) -> TopQuestionsBody:
        await _check(request, response)

        found = await analytics.read_figure(days, partial(get_top_questions, limit=limit))
        return TopQuestionsBody(
            questions=[
                TopQuestionBody(
                    question=row.text,
                    count=row.count,
                    unanswered=row.unanswered,
                    last_asked_at=row.last_asked_at.isoformat(),
                )
                for row in found.questions
            ]
        )

    @router.get("/conversion-rate", summary="Visits that left a contact")
    async def conversion_rate(
        request: Request, response: Response, days: Days = 30
    ) -> ConversionBody:
        await _check(request, response)
        found = await analytics.read_figure(days, get_overview)
        return ConversionBody(
            days=days, asked=found.asked, converted=found.converted, rate=found.conversion_rate
        )

    @router.get("/engagement", summary="How much visitors talk")
    async def engagement(
        request: Request, response: Response, days: Days = 7, utc_offset: Offset = 0
    ) -> EngagementBody:
        await _check(request, response)
        found = await analytics.read_figure(days, get_engagement, utc_offset_minutes=utc_offset)
        return EngagementBody(
            days=days,
            conversations=found.conversations,
            questions=found.questions,
            questions_per_conversation=found.questions_per_conversation,
            answer_characters=found.answer_characters,
            asked=found.asked,
            returned=found.returned,
            depths=[DepthBody(**vars(depth)) for depth in found.depths],
            hours=list(found.hours),
        )

    async def _check(request: Request, response: Response) -> None:
        response.headers.update(NO_STORE)
        await callers.require_owner(request)

    return router
