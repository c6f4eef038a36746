"""The delivery of notifications: channels, claims, digests, and who leads."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import add_column, create_index, create_table, drop_index

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The outbox's own columns first, then the tables beside it."""
    add_column("notification", sa.Column("announced_at", _moment()))
    add_column("notification", sa.Column("sent_at", _moment()))
    add_column("notification", sa.Column("claimed_by", sa.Uuid()))
    add_column("notification", sa.Column("digest_id", sa.Uuid()))
    create_index(
        "ix_notification_status_next_attempt_at", "notification", ["status", "next_attempt_at"]
    )
    create_index("ix_notification_announced_at", "notification", ["announced_at"])
    drop_index("ix_notification_next_attempt_at", "notification")
    create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(500)),
        sa.Column("sent_at", _moment()),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name="fk_delivery_notification_id"
        ),
        sa.UniqueConstraint(
            "notification_id", "channel", name="uq_delivery_notification_id_channel"
        ),
    )
    create_table(
        "lease",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
