"""Contacts and questions by program: anybody leaves them, the owner lists and answers."""

import uuid
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chatbot.errors import NotFound
from chatbot.people.forms import ContactForm
from chatbot.people.knowledge_desk import KnowledgeDesk
from chatbot.people.program_forms import ProgramForms
from chatbot.people.questions import QUESTION_GONE
from chatbot.web.api_errors import ErrorBody
from chatbot.web.api_models import (
    AnsweredQuestion,
    ContactReceiptBody,
    FiledQuestion,
    ListPage,
    NewContact,
    NewQuestion,
    OwnAnswer,
    QuestionLine,
    QuestionList,
)
from chatbot.web.callers import Callers, read_chat_token
from chatbot.web.chat_api import NO_STORE, PageNumber
from chatbot.web.client_address import client_address

_LIMITS: dict[int | str, dict[str, Any]] = {
    422: {"model": ErrorBody, "description": "A value cannot be used; the message says which."},
    429: {"model": ErrorBody, "description": "Too many requests; see the Retry-After header."},
    503: {"model": ErrorBody, "description": "Try again in a moment; see Retry-After."},
}
_OWNERS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No owner's token, or one that holds no more."},
    403: {"model": ErrorBody, "description": "A visitor's token: this is for the owner."},
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "There is no such thing."}
}
_THERE: dict[int | str, dict[str, Any]] = {
    200: {"model": ContactReceiptBody, "description": "The address was known; merged with it."},
    404: {"model": ErrorBody, "description": "The chat token that was given opens nothing."},
}


class QuestionState(StrEnum):
    """Which questions the owner lists."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


def build_people_api(forms: ProgramForms, knowledge: KnowledgeDesk, callers: Callers) -> APIRouter:
    """`/api/contacts` and `/api/questions`."""
    router = APIRouter(prefix="/api", responses=_LIMITS)

    @router.post(
        "/contacts", status_code=201, tags=["Contacts"], summary="Leave a contact", responses=_THERE
    )
    async def leave_contact(
        request: Request, response: Response, new: NewContact
    ) -> ContactReceiptBody:
        """The owner is told within seconds. With a chat token the contact belongs to
        that chat. 201 for a new address, 200 when it is known and what is new is added to it."""
        response.headers.update(NO_STORE)
        form = ContactForm(
            email=new.email,
            phone=new.phone,
            name=new.name,
            company=new.company,
            message=new.notes,
            has_consented=new.consent,
        )
        left = await forms.leave_contact(
            form, token=read_chat_token(request.headers), address=client_address(request)
        )
        response.status_code = 201 if left.is_first else 200
        return ContactReceiptBody(
            email=left.email, consent=left.has_consented, merged=not left.is_first
        )

    @router.post(
        "/questions",
        status_code=201,
        tags=["Questions"],
        summary="File a question",
        responses=_UNKNOWN,
    )
    async def file_question(request: Request, new: NewQuestion) -> FiledQuestion:
        """The owner answers it in person. With a chat token the asker is told there,
        and the same question again is one."""
        question_id, _ = await forms.file_question(
            new.question, token=read_chat_token(request.headers), address=client_address(request)
        )
        return FiledQuestion(id=question_id)

    @router.get("/questions", tags=["Questions"], summary="List questions", responses=_OWNERS)
    async def list_questions(
        request: Request,
        response: Response,
        status: QuestionState = QuestionState.OPEN,
        search: Annotated[str, Query(max_length=200)] = "",
        page: PageNumber = 1,
    ) -> QuestionList:
        """Groups of one meaning, most asked first, 25 a page."""
        response.headers.update(NO_STORE)
        await callers.require_owner(request)
        found = await knowledge.list_groups(status=status, search=search, page=page)
        lines = [
            QuestionLine(
                id=group.id,
                question=group.text,
                status=status,
                asked=group.count,
                last_asked_at=group.asked_at,
            )
            for group in found.items
        ]
        return QuestionList(questions=lines, **ListPage.place(found))

    @router.post(
        "/questions/{question_id}/answer",
        tags=["Questions"],
        summary="Answer a question",
        responses=_OWNERS | _UNKNOWN,
    )
    async def answer_question(
        request: Request, question_id: uuid.UUID, own: OwnAnswer
    ) -> AnsweredQuestion:
        """Answers all questions of its meaning, and whoever asked is told."""
        await callers.require_owner(request)
        if not await knowledge.is_question(question_id):
            raise NotFound(QUESTION_GONE)
        file = await knowledge.save_answer(question_id, own.answer, question=own.question)
        return AnsweredQuestion(
            id=file.answer.id,
            question=file.answer.question,
            answer=file.answer.text,
            version=file.answer.version,
            asked=file.answer.asked,
        )

    return router
