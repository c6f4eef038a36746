"""Chats by program: open one, ask, read, call the owner, close, erase."""

import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from chatbot.engine.program_chat import Caller, Exchange, ProgramChat, new_client_id
from chatbot.errors import ChatbotError
from chatbot.people.inbox_desk import InboxDesk
from chatbot.storage.inbox import InboxFilter
from chatbot.storage.models import Channel, Floor
from chatbot.storage.pages import MAX_PAGE, MAX_PAGE_SIZE, PAGE_SIZE, PageRequest
from chatbot.web.api_errors import ErrorBody, describe, error_content
from chatbot.web.api_models import (
    ChatBody,
    ChatLine,
    ChatList,
    ContextBody,
    EscalationWish,
    FitBody,
    JobAnswer,
    JobText,
    ListPage,
    MessageBody,
    MessageList,
    NewChat,
    NewMessage,
    OpenedChat,
    Reply,
    Thumb,
)
from chatbot.web.callers import Callers
from chatbot.web.client_address import client_address
from chatbot.web.refusals import Refusal, log_refusal
from chatbot.web.sse import EVENT_STREAM, STREAM_HEADERS, wants_stream, write_event

NO_STORE = {"cache-control": "no-store"}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No token, or one that holds no more."},
    404: {"model": ErrorBody, "description": "There is no such chat, or it is not yours."},
    422: {"model": ErrorBody, "description": "A value cannot be used; the message says which."},
    429: {"model": ErrorBody, "description": "Too many requests; see the Retry-After header."},
    503: {"model": ErrorBody, "description": "Try again in a moment; see Retry-After."},
}
_BUSY: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorBody, "description": "The last answer is being written, or it is closed."}
}
_VISITORS: dict[int | str, dict[str, Any]] = {
    403: {"model": ErrorBody, "description": "The owner's token: this is for the visitor."}
}
_STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; as events when the Accept header asks for them.",
        "content": {
            EVENT_STREAM: {
                "schema": {"type": "string"},
                "example": 'event: delta\ndata: {"text": "I studied "}\n\nevent: done\n'
                'data: {"message": {"id": "...", "sender": "ai", "content": "..."}}\n\n',
            }
        },
    }
}

PageNumber = Annotated[int, Query(ge=1, le=MAX_PAGE)]
PageSize = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]


def build_chat_api(chats: ProgramChat, inbox: InboxDesk, callers: Callers) -> APIRouter:
    """The routes under `/api/chats`."""
    router = APIRouter(prefix="/api/chats", tags=["Chats"], responses=_REFUSALS)
    _add_list(router, chats, inbox, callers)
    _add_reading(router, chats, callers)
    _add_writing(router, chats, callers)
    _add_actions(router, chats, callers)
    return router


def _add_list(router: APIRouter, chats: ProgramChat, inbox: InboxDesk, callers: Callers) -> None:
    @router.post("", status_code=201, summary="Open a chat", responses=_BUSY)
    async def open_chat(
        request: Request, response: Response, new: NewChat
    ) -> OpenedChat | JobAnswer:
        """Open a chat, if wanted with a first question, and wait for its answer.

        `token` is the visitor's secret for this chat: send it as
        `Authorization: Bearer TOKEN` from here on. It is not shown again. With `job_id`, for the
        owner, the question is about that saved job and is kept in the job's one chat.
        """
        response.headers.update(NO_STORE)
        if new.job_id is not None:
            await callers.require_owner(request)
            turn = await chats.ask_about_job(new.job_id, new.question)
            return JobAnswer.of(new.job_id, turn)
        opened = await chats.open_chat(
            channel=Channel.API,
            address=client_address(request),
            job_description=new.job_description,
        )
        reply = None
        if new.question.strip():
            exchange = await chats.ask(
                Caller(opened.token, address=client_address(request), is_new=True),
                opened.chat_id,
                new.question,
                new.client_message_id or new_client_id(),
            )
            reply = Reply.of(exchange).reply
        return OpenedChat(chat_id=opened.chat_id, token=opened.token, reply=reply)

    @router.get("", summary="List chats")
    async def list_chats(
        request: Request,
        response: Response,
        only: Annotated[InboxFilter, Query(description="For the owner: which ones.")] = (
            InboxFilter.ALL
        ),
        search: Annotated[str, Query(max_length=200, description="For the owner.")] = "",
        page: PageNumber = 1,
        size: PageSize = PAGE_SIZE,
    ) -> ChatList:
        """The owner gets all chats with a message in them, 25 a page; a visitor their own."""
        response.headers.update(NO_STORE)
        caller = await callers.find(request)
        if caller.is_owner:
            found = await inbox.list_chats(only=only, search=search, page=page, size=size)
            lines = [ChatLine.of_owner(row) for row in found.chats.items]
            return ChatList(chats=lines, waiting=found.waiting, **ListPage.place(found.chats))
        own = await chats.list_own(caller, PageRequest(page, size))
        return ChatList(chats=[ChatLine.of(facts) for facts in own.items], **ListPage.place(own))


def _add_reading(router: APIRouter, chats: ProgramChat, callers: Callers) -> None:
    @router.get("/{chat_id}", summary="Read a chat")
    async def read_chat(request: Request, response: Response, chat_id: uuid.UUID) -> ChatBody:
        """Status, floor and counts of one chat."""
        response.headers.update(NO_STORE)
        return ChatBody.of(await chats.read(await callers.find(request), chat_id))

    @router.get("/{chat_id}/messages", summary="Read the messages")
    async def list_messages(
        request: Request,
        response: Response,
        chat_id: uuid.UUID,
        after: uuid.UUID | None = None,
        before: uuid.UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> MessageList:
        """What was said, without the instructions."""
        response.headers.update(NO_STORE)
        caller = await callers.find(request)
        found, has_more = await chats.list_messages(
            caller, chat_id, after=after, before=before, limit=limit
        )
        return MessageList(messages=[MessageBody.of(row) for row in found], has_more=has_more)

    @router.get("/{chat_id}/context", summary="What the model is given")
    async def read_context(request: Request, response: Response, chat_id: uuid.UUID) -> ContextBody:
        """Profile sections, job description and token counts."""
        response.headers.update(NO_STORE)
        return ContextBody.of(await chats.read_context(await callers.find(request), chat_id))


def _add_writing(router: APIRouter, chats: ProgramChat, callers: Callers) -> None:
    @router.post(
        "/{chat_id}/messages",
        summary="Send a message",
        response_model=Reply,
        responses=_BUSY | _STREAMED,
    )
    async def send_message(request: Request, chat_id: uuid.UUID, new: NewMessage) -> Any:
        """Ask as the visitor and get the answer, or write as the owner, who takes the chat over.

        With `Accept: text/event-stream` the answer comes as it is written: events `delta` with
        `{"text"}`, then one `done` with `{"message"}` (null while the owner has the chat). The same
        `client_message_id` again sends nothing and gives the same answer.
        """
        caller = await callers.find(request)
        if caller.is_owner:
            said = await chats.say_as_owner(chat_id, new.message, new.client_message_id)
            return Reply(sent=MessageBody.of(said), reply=None, floor=Floor.OWNER)
        if wants_stream(request.headers):
            exchange = await chats.send(caller, chat_id, new.message, new.client_message_id)
            events = _stream(chats, caller, chat_id, exchange, request)
            return StreamingResponse(events, media_type=EVENT_STREAM, headers=STREAM_HEADERS)
        return Reply.of(await chats.ask(caller, chat_id, new.message, new.client_message_id))

    @router.post("/{chat_id}/fit", summary="Get a fit sheet", responses=_VISITORS)
    async def build_fit(
        request: Request, response: Response, chat_id: uuid.UUID, job: JobText
    ) -> FitBody:
        """How the profile meets a job description, requirement by requirement."""
        response.headers.update(NO_STORE)
        caller = await callers.require_visitor(request)
        return FitBody.of(await chats.build_fit(caller, chat_id, job.job_description))

    @router.post("/{chat_id}/feedback", summary="Rate an answer", responses=_VISITORS)
    async def rate(request: Request, chat_id: uuid.UUID, thumb: Thumb) -> MessageBody:
        """A thumb up or down on one of the stand-in's answers."""
        caller = await callers.require_visitor(request)
        return MessageBody.of(
            await chats.rate(
                caller, chat_id, thumb.message_id, value=thumb.value, reason=thumb.reason
            )
        )


def _add_actions(router: APIRouter, chats: ProgramChat, callers: Callers) -> None:
    @router.post("/{chat_id}/escalate", summary="Call the owner")
    async def escalate(
        request: Request, chat_id: uuid.UUID, wish: EscalationWish | None = None
    ) -> ChatBody:
        """Tell the owner that a person is wanted; asking again adds to the first time."""
        caller, wish = await callers.find(request), wish or EscalationWish()
        return ChatBody.of(
            await chats.escalate(caller, chat_id, reason=wish.reason, message=wish.message)
        )

    @router.post("/{chat_id}/deactivate", summary="Close a chat")
    async def deactivate(request: Request, chat_id: uuid.UUID) -> ChatBody:
        """Close it softly: it can be read, and takes no more messages. Doing it twice is fine."""
        return ChatBody.of(await chats.close(await callers.find(request), chat_id))

    @router.delete("/{chat_id}", status_code=204, summary="Erase a chat")
    async def erase(request: Request, chat_id: uuid.UUID) -> Response:
        """Erase all that was said in it, for good. Contacts and calls that came of it stay: a
        visitor erases those too with `POST /api/me/erase`."""
        await chats.erase(await callers.find(request), chat_id)
        return Response(status_code=204)


async def _stream(
    chats: ProgramChat, caller: Caller, chat_id: uuid.UUID, exchange: Exchange, request: Request
) -> AsyncIterator[str]:
    """The answer as events; whoever stops reading does not stop it."""
    try:
        async for text in chats.follow(caller, chat_id, exchange):
            yield write_event("delta", {"text": text})
        ended = Reply.of(await chats.finish(caller, chat_id, exchange))
    except Exception as error:
        refusal = describe(error)[0] if isinstance(error, ChatbotError) else Refusal.of_fault()
        log_refusal(refusal, request.scope, error)
        yield write_event("error", error_content(refusal))
        return
    reply = ended.reply.model_dump(mode="json") if ended.reply else None
    notices = [notice.model_dump(mode="json") for notice in ended.notices]
    yield write_event("done", {"message": reply, "notices": notices})
