"""What an agent can do over MCP, on the use cases of the page. Docstrings are what it reads."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from chatbot.engine.admission import MAX_MESSAGE_CHARACTERS
from chatbot.engine.program_chat import (
    NO_CHAT,
    Caller,
    NotSetUp,
    Opened,
    ProgramChat,
    new_client_id,
)
from chatbot.errors import ChatbotError, NotFound
from chatbot.people.call_desk import write_start
from chatbot.people.call_words import find_zone
from chatbot.people.calls import Calls
from chatbot.people.forms import ContactForm
from chatbot.people.job_descriptions import MAX_JOB_CHARACTERS
from chatbot.people.program_forms import ProgramForms
from chatbot.people.slots import group_by_day
from chatbot.storage.models import Channel
from chatbot.web.api_errors import describe
from chatbot.web.api_models import FitBody, SourceView
from chatbot.web.refusals import LOGGED_PATH, Refusal, log_refusal

MCP_PATH = "/api/mcp"
SILENT = "A person has taken this chat over and answers there in person. Ask again later."
NO_CALLS = "Booking calls is not set up here. Use leave_contact instead."

REFERENCE = "{words} (Reference {id})"
Result = TypeVar("Result")
log = logging.getLogger(__name__)

ChatId = Annotated[
    str, Field(max_length=64, description="`chat_id` of an earlier result, to go on in that chat.")
]
Token = Annotated[
    str, Field(max_length=100, description="`token` of an earlier result; needed with `chat_id`.")
]


class AskResult(BaseModel):
    """An answer with its sources; `[1]` in it points at the source with that number."""

    answer: str
    sources: list[SourceView]
    limited: bool = Field(description="Quoted from the records without a language model.")
    chat_id: str
    token: str = Field(description="Secret of this chat; send it with the next question.")


class SlotDay(BaseModel):
    """Free starts of one day, in UTC."""

    day: str
    starts: list[str]


class Availability(BaseModel):
    """Free times for a call, or the page where calls are booked."""

    time_zone: str
    minutes: int
    days: list[SlotDay]
    book_at: str


class FitResult(FitBody):
    """The sheet, and the chat that has the job in mind from here on."""

    chat_id: str
    token: str


class ContactLeft(BaseModel):
    """That the details are stored and the person has been told."""

    email: str
    consent: bool


class McpTools:
    """The tools; `find_address` says where the current request comes from."""

    def __init__(
        self,
        chats: ProgramChat,
        forms: ProgramForms,
        calls: Calls,
        *,
        site_url: str,
        find_address: Callable[[], str | None],
    ) -> None:
        self._chats = chats
        self._forms = forms
        self._calls = calls
        self._site_url = site_url
        self._find_address = find_address

    async def ask(
        self,
        question: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)],
        chat_id: ChatId = "",
        token: Token = "",
    ) -> AskResult:
        """Ask about this person's career, skills, projects or availability. The answer rests on
        their own records and names its sources; what is not in them is said to be unknown."""
        return await _worded(self._ask(question, chat_id, token))

    async def fit(
        self,
        job_description: Annotated[str, Field(min_length=1, max_length=MAX_JOB_CHARACTERS)],
        chat_id: ChatId = "",
        token: Token = "",
    ) -> FitResult:
        """Compare a job description with this person's records, requirement by requirement."""
        return await _worded(self._fit(job_description, chat_id, token))

    async def availability(
        self, time_zone: Annotated[str, Field(max_length=64, description="IANA name.")] = ""
    ) -> Availability:
        """List free times for a call with this person, by day of a time zone (theirs by default).
        Book one at `book_at`."""
        return await _worded(self._list_times(time_zone))

    async def leave_contact(
        self,
        email: Annotated[str, Field(max_length=320)],
        consent: Annotated[bool, Field(description="They agreed to be contacted and kept on file")],
        name: Annotated[str, Field(max_length=200)] = "",
        company: Annotated[str, Field(max_length=200)] = "",
        phone: Annotated[str, Field(max_length=40)] = "",
        notes: Annotated[str, Field(max_length=2000)] = "",
        token: Token = "",
    ) -> ContactLeft:
        """Leave somebody's contact details for this person, who is told within seconds. Only with
        the consent of whoever the address belongs to."""
        form = ContactForm(
            email=email,
            phone=phone,
            name=name,
            company=company,
            message=notes,
            has_consented=consent,
        )
        left = await _worded(
            self._forms.leave_contact(form, token=token, address=self._find_address())
        )
        return ContactLeft(email=left.email, consent=left.has_consented)

    async def _ask(self, question: str, chat_id: str, token: str) -> AskResult:
        chat = await self._find_chat(chat_id, token)
        caller = self._caller(chat, is_new=not chat_id)
        exchange = await self._chats.ask(caller, chat.chat_id, question, new_client_id())
        reply = exchange.reply
        return AskResult(
            answer=reply.text if reply else SILENT,
            sources=[SourceView.of(citation) for citation in reply.citations] if reply else [],
            limited=reply.limited if reply else False,
            chat_id=str(chat.chat_id),
            token=chat.token,
        )

    async def _fit(self, job_description: str, chat_id: str, token: str) -> FitResult:
        chat = await self._find_chat(chat_id, token)
        caller = self._caller(chat, is_new=not chat_id)
        sheet = await self._chats.build_fit(caller, chat.chat_id, job_description)
        return FitResult(**dict(FitBody.of(sheet)), chat_id=str(chat.chat_id), token=chat.token)

    async def _list_times(self, time_zone: str) -> Availability:
        calls = self._calls
        if not calls.address:
            raise NotSetUp(NO_CALLS)
        place = find_zone(time_zone, calls.zone)
        free = await calls.desk.list_slots() if calls.takes_bookings else ()
        return Availability(
            time_zone=place.key,
            minutes=calls.desk.minutes,
            days=[
                SlotDay(day=day.day.isoformat(), starts=[*map(write_start, day.starts)])
                for day in group_by_day(free, place)
            ],
            book_at=calls.calendar_url or f"{self._site_url}{calls.address}",
        )

    def _caller(self, chat: Opened, *, is_new: bool) -> Caller:
        return Caller(chat.token, address=self._find_address(), is_new=is_new)

    async def _find_chat(self, chat_id: str, token: str) -> Opened:
        """The chat that is named, or a new one."""
        if not chat_id:
            return await self._chats.open_chat(channel=Channel.MCP, address=self._find_address())
        try:
            return Opened(uuid.UUID(chat_id), token)
        except ValueError:
            raise NotFound(NO_CHAT) from None


async def _worded(work: Awaitable[Result]) -> Result:
    """What went wrong, in words that an agent may read, with the id that the log has too."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        return await work
    except Exception as error:
        refusal = _describe(error)
        log_refusal(refusal, {"method": "POST", LOGGED_PATH: MCP_PATH}, error)
        words = REFERENCE.format(words=refusal.message, id=refusal.error_id)
        raise ToolError(words) from None


def _describe(error: Exception) -> Refusal:
    if isinstance(error, NotFound):
        return Refusal(404, "not_found", NO_CHAT)
    if isinstance(error, ChatbotError):
        return describe(error)[0]
    return Refusal.of_fault()
