"""Vectors of texts, kept so that a start need not ask for them again.

A row knows the hash of its text and never the text. Vectors of questions are not kept.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, tuple_
from sqlmodel import Session, col, select

from chatbot.storage.models import Embedding
from chatbot.storage.rows import add_unless_there

ROWS_AT_ONCE = 200


def list_vectors(session: Session, *, model: str) -> dict[str, bytes]:
    """Every vector of a model, by the hash of its text."""
    statement = select(Embedding.text_hash, Embedding.vector).where(Embedding.model == model)
    return dict(session.exec(statement).all())


def add_vectors(session: Session, vectors: Mapping[str, bytes], *, model: str) -> None:
    """Keep vectors; of those that another process has kept meanwhile, the first stays."""
    for text_hash, vector in vectors.items():
        row = Embedding(model=model, text_hash=text_hash, vector=vector)
        add_unless_there(session, row)


def delete_unused(session: Session, used: Collection[str], *, model: str) -> int:
    """Delete the vectors of texts that are no longer there, and of other models; returns how many
    these were."""
    keys = session.exec(select(Embedding.model, Embedding.text_hash)).all()
    stale = [key for key in keys if key[0] != model or key[1] not in used]
    pair = tuple_(col(Embedding.model), col(Embedding.text_hash))
    for start in range(0, len(stale), ROWS_AT_ONCE):
        some = [tuple(key) for key in stale[start : start + ROWS_AT_ONCE]]
        session.connection().execute(delete(Embedding).where(pair.in_(some)))
    return len(stale)
