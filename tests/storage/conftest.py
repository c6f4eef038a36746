"""What is stored is stored in an encrypted file too."""

from pathlib import Path

import pytest

from chatbot.storage.database import DatabaseValues
from tests.conftest import KINDS_AND_KEY, find_database


@pytest.fixture(params=KINDS_AND_KEY)
def database_values(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseValues:
    """Where an empty database is: on a file, on servers, and on a file with a key."""
    return find_database(request, tmp_path)
