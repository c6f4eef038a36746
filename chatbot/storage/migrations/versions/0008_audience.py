"""Which conversations the owner shares facts with that not everybody may read."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from chatbot.storage.migrations.steps import add_column

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    add_column("conversation", sa.Column("facts_approved_at", _moment()))


def _moment() -> sa.types.TypeEngine[Any]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
