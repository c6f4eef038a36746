"""The owner's sign-ins, and the tries that failed."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import create_table

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_table(
        "owner_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("credential", sa.String(120), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("last_seen_at", _moment(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.Column("revoked_at", _moment()),
        sa.PrimaryKeyConstraint("id", name="pk_owner_session"),
        sa.UniqueConstraint("token_hash", name="uq_owner_session_token_hash"),
    )
    create_table(
        "sign_in_tries",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("locked_until", _moment()),
        sa.PrimaryKeyConstraint("source", name="pk_sign_in_tries"),
    )


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
