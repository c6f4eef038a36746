"""The tools that a model may call: an argument model each, whose docstring is the prompt text, and
one use case, which the forms and the API call too."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session

from chatbot.errors import ChatbotError, LimitReached
from chatbot.people.confirming import Confirming
from chatbot.people.contacts import save_contact
from chatbot.people.escalations import open_escalation
from chatbot.people.limits import LimitKind, Limits
from chatbot.people.question_book import QuestionBook
from chatbot.people.questions import file_question
from chatbot.storage.database import Database
from chatbot.storage.messages import get_tool_call
from chatbot.storage.models import EscalationReason, ToolCall
from chatbot.storage.rows import add_unless_there
from chatbot.text import clean_text

DONE = "done"
REFUSED = "refused"
FAILED = "failed"
MAX_ARGUMENTS = 8000
# What these leave is confirmed only when it is safe.
CONFIRMED = frozenset({"record_user_details", "escalate_to_human", "book_call"})
NOT_SURE = (
    "But it is not certain yet that this is kept: say so, and ask the visitor to send it again in "
    "a minute with the form on this page."
)


class Arguments(BaseModel):
    """What a model passes to a tool; names that are not known are ignored."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class RecordUserDetails(Arguments):
    """Save how the visitor can be reached. Call it once, as soon as the visitor has typed an e-mail
    address or a phone number of their own. Pass exactly what they typed; never invent any of it."""

    email: str | None = Field(None, max_length=320, description="E-mail address, as typed.")
    phone: str | None = Field(None, max_length=40, description="Phone number, as typed.")
    name: str | None = Field(None, max_length=200, description="The visitor's name, if told.")
    notes: str | None = Field(
        None, max_length=1000, description="Company, role and wish, in one or two sentences."
    )


class RecordUnknownQuestion(Arguments):
    """File a question about the owner that the records do not answer, so that the owner can answer
    it. Not for questions that have nothing to do with the owner."""

    question: str = Field(min_length=1, max_length=2000, description="In the visitor's words.")


class EscalateToHuman(Arguments):
    """Tell the owner to join this chat. Call it when the visitor asks for a person, complains, or
    when something is urgent."""

    note: str = Field("", max_length=1000, description="Why, in one sentence, for the owner.")


@dataclass(frozen=True)
class ToolContext:
    """Where a tool call happens, and whose chat it is (`session_id`); `visitor_text` is everything
    that they typed in it.

    `find_answer` gives the mark and words of the owner's own answer to a question, "" for none.
    """

    conversation_id: uuid.UUID
    turn_id: uuid.UUID
    visitor_text: str
    owner_first_name: str
    find_answer: Callable[[str], str] = lambda _question: ""
    book: QuestionBook | None = None
    session_id: uuid.UUID | None = None


@dataclass(frozen=True)
class ToolResult:
    """What the model is told of its call; `outcome` is done, refused or failed."""

    text: str
    outcome: str


Effect = Callable[[Session, Any, ToolContext], ToolResult]


def _record_user_details(
    session: Session, arguments: RecordUserDetails, context: ToolContext
) -> ToolResult:
    typed = was_typed(
        visitor_text=context.visitor_text, email=arguments.email, phone=arguments.phone
    )
    if not typed:
        return ToolResult("Refused: the visitor has not typed this. Ask them to type it.", REFUSED)
    name = arguments.name if _contains(context.visitor_text, arguments.name) else None
    contact, _ = save_contact(
        session,
        email=arguments.email or None,
        phone=arguments.phone or None,
        name=name,
        notes=arguments.notes,
        conversation_id=context.conversation_id,
    )
    saved = " and ".join(part for part in (contact.email, contact.phone) if part)
    return ToolResult(f"Saved: {saved}. {context.owner_first_name} is being told.", DONE)


def refuse_answered(arguments: Arguments, context: ToolContext) -> ToolResult | None:
    """The refusal of a question that the owner has answered in person, with their words."""
    if not isinstance(arguments, RecordUnknownQuestion):
        return None
    answer = context.find_answer(arguments.question)
    name = context.owner_first_name
    words = f"Refused: {name} has answered this. Say it: {answer}"
    return ToolResult(words, REFUSED) if answer else None


def _record_unknown_question(
    session: Session, arguments: RecordUnknownQuestion, context: ToolContext
) -> ToolResult:
    refused = refuse_answered(arguments, context)
    if refused is not None:
        return refused
    file_question(
        session,
        arguments.question,
        conversation_id=context.conversation_id,
        message_id=context.turn_id,
        book=context.book,
    )
    return ToolResult(f"Filed. {context.owner_first_name} will see the question.", DONE)


def _escalate_to_human(
    session: Session, arguments: EscalateToHuman, context: ToolContext
) -> ToolResult:
    _, is_first = open_escalation(
        session,
        conversation_id=context.conversation_id,
        reason=EscalationReason.REQUESTED,
        note=arguments.note,
    )
    told = "has been told" if is_first else "had been told already"
    return ToolResult(f"{context.owner_first_name} {told}. Nobody has joined yet.", DONE)


@dataclass(frozen=True)
class Tool:
    """A tool's name, the model of its arguments, the use case behind it, and what limits it."""

    name: str
    arguments: type[Arguments]
    effect: Effect
    limit: LimitKind | None = None


TOOLS = (
    Tool("record_user_details", RecordUserDetails, _record_user_details, LimitKind.CONTACT),
    Tool("record_unknown_question", RecordUnknownQuestion, _record_unknown_question),
    Tool("escalate_to_human", EscalateToHuman, _escalate_to_human, LimitKind.ESCALATION),
)


class Toolbox:
    """Runs tool calls. Whatever is wrong with a call comes back to the model as text."""

    def __init__(
        self,
        database: Database,
        tools: tuple[Tool, ...] = TOOLS,
        *,
        limits: Limits,
        confirming: Confirming,
        book: QuestionBook | None = None,
    ) -> None:
        self._confirming = confirming
        self._database = database
        self._limits = limits
        self._tools = {tool.name: tool for tool in tools}
        self._book = book or QuestionBook()

    def schemas(self) -> list[dict[str, Any]]:
        """The declarations of all tools in the form of Chat Completions."""
        return [_schema(tool) for tool in self._tools.values()]

    async def run(
        self, name: str, arguments: str, *, position: int, context: ToolContext
    ) -> ToolResult:
        """Run one call of a turn and store it; the same (turn, position) has its effect once.

        Unknown names, arguments that do not fit and refused actions are results, not errors; only
        a database that refuses the write is reported as failed.
        """
        parsed = await self._count(self._parse(name, arguments), context)
        context = replace(context, book=self._book)

        def work(session: Session) -> ToolResult:
            known = get_tool_call(session, message_id=context.turn_id, position=position)
            if known is not None:
                return ToolResult(known.result, known.outcome)
            result = _apply(session, parsed, context)
            row = ToolCall(
                message_id=context.turn_id,
                position=position,
                name=clean_text(name, limit=64),
                arguments=clean_text(arguments, limit=MAX_ARGUMENTS),
                result=result.text,
                outcome=result.outcome,
            )
            if not add_unless_there(session, row):
                raise ChatbotError("This call is already running.")
            return result

        try:
            result = await self._database.write(work)
        except ChatbotError as error:
            return ToolResult(f"Failed: {error.user_message}", FAILED)
        if name not in CONFIRMED or result.outcome != DONE:
            return result
        if await self._confirming.is_safe(context.conversation_id):
            return result
        return ToolResult(f"{result.text} {NOT_SURE}", DONE)

    async def _count(
        self, parsed: tuple[Tool, Arguments] | ToolResult, context: ToolContext
    ) -> tuple[Tool, Arguments] | ToolResult:
        if isinstance(parsed, ToolResult) or parsed[0].limit is None:
            return parsed
        try:
            who = str(context.session_id)
            await self._limits.take(parsed[0].limit, session=who, is_in_chat=True)
        except LimitReached as error:
            return ToolResult(f"Refused: {error.user_message}", REFUSED)
        return parsed

    def _parse(self, name: str, arguments: str) -> tuple[Tool, Arguments] | ToolResult:
        tool = self._tools.get(name)
        if tool is None:
            known = ", ".join(self._tools)
            return ToolResult(f"Refused: there is no such tool. The tools are {known}.", REFUSED)
        try:
            return tool, tool.arguments.model_validate(json.loads(arguments or "{}"))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "arguments"
            return ToolResult(f"Refused: {place}: {first['msg']}.", REFUSED)
        except (ValueError, RecursionError):
            return ToolResult("Refused: the arguments are not JSON.", REFUSED)


def _apply(
    session: Session, parsed: tuple[Tool, Arguments] | ToolResult, context: ToolContext
) -> ToolResult:
    if isinstance(parsed, ToolResult):
        return parsed
    tool, arguments = parsed
    try:
        with session.begin_nested():
            return tool.effect(session, arguments, context)
    except ChatbotError as error:
        return ToolResult(f"Refused: {error.user_message}", REFUSED)


def _schema(tool: Tool) -> dict[str, Any]:
    schema = tool.arguments.model_json_schema()
    schema.pop("title", None)
    schema.pop("description", None)
    for declaration in schema.get("properties", {}).values():
        declaration.pop("title", None)
    description = " ".join((tool.arguments.__doc__ or "").split())
    return {
        "type": "function",
        "function": {"name": tool.name, "description": description, "parameters": schema},
    }


def was_typed(*, visitor_text: str, email: str | None = None, phone: str | None = None) -> bool:
    """Whether the address and the number stand in the visitor's own words: the model's are not."""
    digits = re.sub(r"\D", "", phone or "")
    has_phone = not digits or digits[-6:] in re.sub(r"\D", "", visitor_text)
    return has_phone and (not email or _contains(visitor_text, email))


def _contains(text: str, part: str | None) -> bool:
    return bool(part) and str(part).casefold() in text.casefold()
