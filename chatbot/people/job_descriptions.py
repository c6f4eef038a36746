"""Keeping the job descriptions that visitors paste, for the owner and for what is made of them."""

from sqlmodel import Session

from chatbot.knowledge.job_description import find_job_title, is_job_description
from chatbot.storage.models import JobDescription, Message


def keep_job_description(session: Session, message: Message) -> JobDescription | None:
    """Keep a visitor's message as a job description if it is one, in the caller's transaction."""
    if not is_job_description(message.content):
        return None
    session.flush()  # The message first: without it the row would point at nothing.
    job = JobDescription(
        conversation_id=message.conversation_id,
        message_id=message.id,
        title=find_job_title(message.content),
        text=message.content,
    )
    session.add(job)
    return job
