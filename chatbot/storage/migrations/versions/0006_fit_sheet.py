"""Fit sheets and tailoring: what a job description was judged to be, and the owner's own ones."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import add_column, create_index

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """The new columns; an owner's own job description belongs to no conversation."""
    add_column("job_description", sa.Column("trimmed", _long_text()))
    add_column("job_description", sa.Column("source_url", sa.String(500)))
    add_column("job_description", sa.Column("text_hash", sa.String(64)))
    add_column("job_description", sa.Column("fit", sa.JSON()))
    add_column("job_description", sa.Column("tailoring", sa.JSON()))
    with op.batch_alter_table("job_description") as batch:
        batch.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=True)
    create_index("ix_job_description_text_hash", "job_description", ["text_hash"])


def _long_text() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
