"""The owner's side: takeover, answers, bookings, e-mail, links, erasures; and its new columns."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import add_column, create_index, create_table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The new columns first, then the tables of each part, then what older rows need of them."""
    _add_columns()
    _create_knowledge()
    _create_contact_parts()
    _create_owner_parts()
    op.execute("UPDATE question SET group_id = id WHERE group_id IS NULL")
    op.execute(
        "INSERT INTO contact_conversation (contact_id, conversation_id, created_at) "
        "SELECT id, conversation_id, created_at FROM contact WHERE conversation_id IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM contact_conversation link WHERE link.contact_id = contact.id)"
    )


def _add_columns() -> None:
    add_column("conversation", sa.Column("owner_read_at", _moment()))
    add_column("conversation", sa.Column("taken_at", _moment()))
    add_column("conversation", sa.Column("owner_active_at", _moment()))
    add_column("message", sa.Column("reviewed_at", _moment()))
    add_column("contact", sa.Column("owner_notes", _long_text()))
    add_column("contact", sa.Column("tags", sa.JSON()))
    add_column("contact", sa.Column("next_step", sa.String(200)))
    add_column("contact", sa.Column("next_step_on", sa.String(10)))
    add_column("contact", sa.Column("junk_reason", sa.String(200)))
    add_column("contact", sa.Column("email_verified_at", _moment()))
    add_column("question", sa.Column("group_id", sa.Uuid()))
    add_column("question", sa.Column("answer_id", sa.Uuid()))
    add_column("question", sa.Column("told_at", _moment()))
    add_column("question", sa.Column("told_by", sa.String(8)))
    add_column("escalation", sa.Column("reminded_at", _moment()))
    create_index("ix_question_group_id", "question", ["group_id"])
    create_index("ix_question_answer_id", "question", ["answer_id"])


def _create_knowledge() -> None:
    create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question", _long_text(), nullable=False),
        sa.Column("text", _long_text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("withdrawn_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    create_index("ix_answer_updated_at", "answer", ["updated_at"])
    create_table(
        "answer_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", _long_text(), nullable=False),
        sa.Column("text", _long_text(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_version"),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_answer_version_answer_id"),
        sa.UniqueConstraint("answer_id", "version", name="uq_answer_version_answer_id_version"),
    )
    create_table(
        "exam_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(120)),
        sa.Column("profile_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("finished_at", _moment()),
        sa.PrimaryKeyConstraint("id", name="pk_exam_run"),
    )
    create_table(
        "job_description",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", _long_text(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_description"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_job_description_conversation_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_job_description_message_id"),
    )
    create_index("ix_job_description_conversation_id", "job_description", ["conversation_id"])


def _create_contact_parts() -> None:
    create_table(
        "contact_conversation",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.JSON()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "conversation_id", name="pk_contact_conversation"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_contact_conversation_contact_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_contact_conversation_conversation_id"),
    )
    create_index("ix_contact_conversation_conversation_id", "contact_conversation", ["conversation_id"])
    create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("conversation_id", sa.Uuid()),
        sa.Column("contact_id", sa.Uuid()),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("starts_at", _moment(), nullable=False),
        sa.Column("live_starts_at", _moment()),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("hold_until", _moment()),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("topic", _long_text(), nullable=False),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("client_key", sa.String(64)),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_booking_contact_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_booking_conversation_id"),
        sa.ForeignKeyConstraint(["session_id"], ["chat_session.id"], name="fk_booking_session_id"),
        sa.UniqueConstraint("live_starts_at", name="uq_booking_live_starts_at"),
        sa.UniqueConstraint("session_id", "client_key", name="uq_booking_session_id_client_key"),
        sa.UniqueConstraint("token_hash", name="uq_booking_token_hash"),
    )
    create_index("ix_booking_contact_id", "booking", ["contact_id"])
    create_index("ix_booking_starts_at", "booking", ["starts_at"])
    create_index("ix_booking_status", "booking", ["status"])
    create_table(
        "email_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", _long_text(), nullable=False),
        sa.Column("file_name", sa.String(120)),
        sa.Column("file_text", _long_text()),
        sa.Column("dedupe_key", sa.String(120)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", _moment(), nullable=False),
        sa.Column("claimed_by", sa.Uuid()),
        sa.Column("last_error", sa.String(500)),
        sa.Column("sent_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_email_message"),
        sa.ForeignKeyConstraint(["session_id"], ["chat_session.id"], name="fk_email_message_session_id"),
        sa.UniqueConstraint("dedupe_key", name="uq_email_message_dedupe_key"),
    )
    create_index("ix_email_message_session_id", "email_message", ["session_id"])
    create_index("ix_email_message_status_next_attempt_at", "email_message", ["status", "next_attempt_at"])
    create_table(
        "email_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.Column("used_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_email_code"),
        sa.ForeignKeyConstraint(["session_id"], ["chat_session.id"], name="fk_email_code_session_id"),
    )
    create_index("ix_email_code_session_id", "email_code", ["session_id"])


def _create_owner_parts() -> None:
    create_table(
        "action_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.Column("used_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_link"),
    )
    create_index("ix_action_link_expires_at", "action_link", ["expires_at"])
    create_index("ix_action_link_target_id", "action_link", ["target_id"])
    create_table(
        "owner_state",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("presence", sa.String(16), nullable=False),
        sa.Column("seen_at", _moment()),
        sa.Column("digest_day", sa.String(10)),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_owner_state"),
    )
    create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("erased_ids", sa.JSON()),
        sa.Column("wiped_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    create_index("ix_erasure_created_at", "erasure", ["created_at"])


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _long_text() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
