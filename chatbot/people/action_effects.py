"""What the links in notifications do: the same use cases that the owner's tabs call."""

import uuid
from collections.abc import Callable, Mapping

from sqlmodel import Session

from chatbot.people.action_links import Effect, UseUp
from chatbot.people.action_subjects import Action
from chatbot.people.contacts import mark_contacted, mark_not_a_lead
from chatbot.people.knowledge_desk import KnowledgeDesk
from chatbot.people.takeover import Takeover
from chatbot.storage.database import Database


def build_effects(
    database: Database, takeover: Takeover, desk: KnowledgeDesk
) -> Mapping[Action, Effect]:
    """The effect of every action."""

    async def take_over(target_id: uuid.UUID, _text: str, use_up: UseUp) -> None:
        await takeover.take(target_id, first=use_up)

    async def answer(target_id: uuid.UUID, text: str, use_up: UseUp) -> None:
        await desk.save_answer(target_id, text, first=use_up)

    def in_one_write(work: Callable[[Session, uuid.UUID], object]) -> Effect:
        async def run(target_id: uuid.UUID, _text: str, use_up: UseUp) -> None:
            def write(session: Session) -> None:
                use_up(session)
                work(session, target_id)

            await database.write(write)

        return run

    return {
        Action.TAKE_OVER: take_over,
        Action.ANSWER: answer,
        Action.MARK_CONTACTED: in_one_write(mark_contacted),
        Action.NOT_A_LEAD: in_one_write(mark_not_a_lead),
    }
