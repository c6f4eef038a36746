"""What the owner's area needs: answers to questions, and an index for the analytics."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import add_column, create_index

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    add_column("question", sa.Column("answer", _long_text()))
    add_column("question", sa.Column("answered_at", _moment()))
    add_column("question", sa.Column("dismissed_reason", sa.String(500)))
    create_index("ix_message_role_created_at", "message", ["role", "created_at"])


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _long_text() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
