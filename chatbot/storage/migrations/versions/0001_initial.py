"""The first tables."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import create_index, create_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Parents first. The types are spelt out: a migration does not change when models.py does."""
    _create_sessions()
    _create_messages()
    _create_people()
    _create_outbox_and_budget()


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _long_text() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def _create_sessions() -> None:
    create_table(
        "chat_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("referrer_host", sa.String(255)),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(35)),
        sa.Column("address_hash", sa.String(64)),
        sa.Column("consent_at", _moment()),
        sa.Column("first_seen_at", _moment(), nullable=False),
        sa.Column("last_seen_at", _moment(), nullable=False),
        sa.Column("ended_at", _moment()),
        sa.PrimaryKeyConstraint("id", name="pk_chat_session"),
        sa.UniqueConstraint("token_hash", name="uq_chat_session_token_hash"),
    )
    create_index("ix_chat_session_last_seen_at", "chat_session", ["last_seen_at"])
    create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("floor", sa.String(16), nullable=False),
        sa.Column("floor_epoch", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("history_from", sa.Uuid()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("active_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_session.id"], name="fk_conversation_session_id"
        ),
    )
    create_index("ix_conversation_session_id", "conversation", ["session_id"])
    create_index("ix_conversation_active_at", "conversation", ["active_at"])


def _create_messages() -> None:
    create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("content", _long_text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("client_message_id", sa.String(64)),
        sa.Column("reply_to", sa.Uuid()),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(40)),
        sa.Column("model", sa.String(120)),
        sa.Column("prompt_tokens", sa.Integer()),
        sa.Column("cached_tokens", sa.Integer()),
        sa.Column("completion_tokens", sa.Integer()),
        sa.Column("cost_micro_usd", sa.BigInteger()),
        sa.Column("reserved_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("budget_day", sa.String(10)),
        sa.Column("first_text_ms", sa.Integer()),
        sa.Column("total_ms", sa.Integer()),
        sa.Column("confidence", sa.Float()),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("feedback", sa.String(8)),
        sa.Column("feedback_reason", _long_text()),
        sa.Column("replaced_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_message_conversation_id"
        ),
        sa.UniqueConstraint(
            "conversation_id",
            "client_message_id",
            name="uq_message_conversation_id_client_message_id",
        ),
    )
    create_index("ix_message_conversation_id_id", "message", ["conversation_id", "id"])
    create_index("ix_message_status", "message", ["status"])
    create_table(
        "tool_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("arguments", _long_text(), nullable=False),
        sa.Column("result", _long_text(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tool_call"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_tool_call_message_id"),
        sa.UniqueConstraint("message_id", "position", name="uq_tool_call_message_id_position"),
    )


def _create_people() -> None:
    create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("phone", sa.String(20)),
        sa.Column("name", sa.String(200)),
        sa.Column("company", sa.String(200)),
        sa.Column("notes", _long_text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("consent_at", _moment()),
        sa.Column("conversation_id", sa.Uuid()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("email", name="uq_contact_email"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_contact_conversation_id"
        ),
    )
    create_index("ix_contact_phone", "contact", ["phone"])
    create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text", _long_text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("conversation_id", sa.Uuid()),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_question_conversation_id"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_question_message_id"),
    )
    create_index("ix_question_status", "question", ["status"])
    create_table(
        "escalation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("live_conversation_id", sa.Uuid()),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("note", _long_text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("taken_at", _moment()),
        sa.Column("resolved_at", _moment()),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_escalation"),
        sa.UniqueConstraint("live_conversation_id", name="uq_escalation_live_conversation_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_escalation_conversation_id"
        ),
    )
    create_index("ix_escalation_conversation_id", "escalation", ["conversation_id"])
    create_index("ix_escalation_status", "escalation", ["status"])


def _create_outbox_and_budget() -> None:
    create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(120)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", _moment(), nullable=False),
        sa.Column("last_error", sa.String(500)),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("dedupe_key", name="uq_notification_dedupe_key"),
    )
    create_index("ix_notification_next_attempt_at", "notification", ["next_attempt_at"])
    create_table(
        "budget_day",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("reserved_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("spent_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_budget_day"),
    )
