"""Sentences of the model that the records did not support."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import create_index, create_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_table(
        "withheld",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("text", _long_text(), nullable=False),
        sa.Column("reason", _long_text(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_withheld_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_withheld"),
    )
    create_index("ix_withheld_message_id", "withheld", ["message_id"])


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _long_text() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
