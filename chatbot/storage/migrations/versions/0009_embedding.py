"""Vectors of the owner's records, and the model's wording of fit sheets."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import add_column, create_table

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_table(
        "embedding",
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("model", "text_hash", name="pk_embedding"),
    )
    add_column("job_description", sa.Column("worded", sa.JSON()))


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
