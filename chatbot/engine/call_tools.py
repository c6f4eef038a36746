"""The tools by which a model finds a time for a call and books it."""

from datetime import date

from pydantic import Field
from sqlmodel import Session, col, select

from chatbot.engine.tools import (
    DONE,
    REFUSED,
    Arguments,
    Tool,
    ToolContext,
    ToolResult,
    was_typed,
)
from chatbot.people.bookings import CallWish, Place
from chatbot.people.call_desk import read_start, write_start
from chatbot.people.call_words import find_zone, tell_call
from chatbot.people.calls import Calls
from chatbot.people.limits import LimitKind
from chatbot.people.slots import group_by_day
from chatbot.storage.models import Conversation, Message, ToolCall

LIST, BOOK = "list_call_slots", "book_call"
SHOWN_DAYS = 4
SHOWN_PER_DAY = 8


class ListCallSlots(Arguments):
    """Look up when a call with the owner can be booked. Call it when the visitor wants a call, a
    meeting or an appointment. Offer two or three of the times, with the time zone, and ask which
    one suits; or give the link [Book a call](/book), where the visitor chooses one."""

    time_zone: str = Field(
        "", max_length=64, description="The visitor's, like Europe/Berlin, if told or evident."
    )
    day: str = Field("", max_length=10, description="Only this day, like 2026-11-24, if asked for.")


class BookCall(Arguments):
    """Book a call. Only for a time that list_call_slots gave in an earlier answer, that you offered
    and that the visitor has said yes to, and only with the name and the e-mail address that the
    visitor has typed: ask for what is missing first. Never choose for the visitor."""

    start: str = Field(max_length=40, description="As listed, like 2026-11-24T09:00Z.")
    name: str = Field(max_length=200, description="The visitor's name, as typed.")
    email: str = Field(max_length=320, description="The visitor's e-mail address, as typed.")
    topic: str = Field("", max_length=1000, description="What the call is about, in a sentence.")
    time_zone: str = Field("", max_length=64, description="The one that the times were told in.")


class AskCalendar(Arguments):
    """Find out how to book a call with the owner. Call it when the visitor wants a call, a meeting
    or an appointment, and give the visitor the link that comes back."""


def build_call_tools(calls: Calls) -> tuple[Tool, ...]:
    """The tools for the way in which calls are booked; none when they are not."""
    if calls.calendar_url:
        return (Tool(LIST, AskCalendar, _Elsewhere(calls).ask),)
    if not calls.takes_bookings:
        return ()
    tools = _CallTools(calls)
    return (
        Tool(LIST, ListCallSlots, tools.list_slots),
        Tool(BOOK, BookCall, tools.book, LimitKind.BOOKING),
    )


class _Elsewhere:
    def __init__(self, calls: Calls) -> None:
        self._url = calls.calendar_url

    def ask(self, _session: Session, _arguments: AskCalendar, context: ToolContext) -> ToolResult:
        name = context.owner_first_name
        return ToolResult(f"{name} takes bookings here: [Book a call]({self._url})", DONE)


class _CallTools:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list_slots(
        self, session: Session, arguments: ListCallSlots, _context: ToolContext
    ) -> ToolResult:
        zone = find_zone(arguments.time_zone, self._calls.zone)
        days = group_by_day(self._calls.bookings.list_free(session), zone)
        wanted = _read_day(arguments.day)
        chosen = [day for day in days if wanted is None or day.day == wanted][:SHOWN_DAYS]
        if not chosen:
            when = "on that day" if days else "at the moment"
            return ToolResult(f"No time is free {when}. Say so, and offer to leave details.", DONE)
        minutes = self._calls.desk.minutes
        lines = [
            f"{write_start(start)} is {tell_call(start, minutes, zone)}"
            for day in chosen
            for start in day.starts[:SHOWN_PER_DAY]
        ]
        more = "There are more; ask for one day to see all of it, or give [Book a call](/book)."
        return ToolResult("\n".join(["Free times:", *lines, more]), DONE)

    def book(self, session: Session, arguments: BookCall, context: ToolContext) -> ToolResult:
        starts_at = read_start(arguments.start)
        if not was_typed(email=arguments.email, visitor_text=context.visitor_text):
            return ToolResult("Refused: the visitor has not typed this e-mail address.", REFUSED)
        if not _was_offered(session, write_start(starts_at), context):
            return ToolResult(
                "Refused: offer this time first, and book when the visitor has said yes to it.",
                REFUSED,
            )
        conversation = session.get_one(Conversation, context.conversation_id)
        zone = find_zone(arguments.time_zone, self._calls.zone)
        key = f"{context.turn_id.hex}-{write_start(starts_at)}"
        place = Place(conversation.session_id, conversation.id, key)
        wish = CallWish(arguments.name, arguments.email, arguments.topic, zone.key)
        booked = self._calls.bookings.confirm(session, place, starts_at, wish)
        when = tell_call(booked.starts_at, booked.minutes, zone)
        mailed = self._calls.codes.sends_email
        told = f"A confirmation goes to {booked.email}. " if mailed else "No e-mail is sent. "
        return ToolResult(
            f"Booked: {when}. {context.owner_first_name} is being told. {told}The calendar file "
            "and the way to move or cancel it are under [Book a call](/book): say so.",
            DONE,
        )


def _was_offered(session: Session, start: str, context: ToolContext) -> bool:
    """Whether an earlier answer in this conversation looked this time up: then the visitor has had
    a chance to say yes."""
    statement = (
        select(ToolCall.result)
        .join(Message, col(Message.id) == col(ToolCall.message_id))
        .where(
            Message.conversation_id == context.conversation_id,
            ToolCall.name == LIST,
            ToolCall.message_id != context.turn_id,
        )
    )
    return any(f"{start} is " in result for result in session.exec(statement).all())


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
