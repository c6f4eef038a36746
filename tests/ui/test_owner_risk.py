import html
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from chatbot.foundations import is_disk_lost
from chatbot.services import build_services
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.owner_area import OwnerArea
from tests.fakes import make_settings

ONLY_LINUX = pytest.mark.skipif(not Path("/proc/mounts").exists(), reason="no second disk")
SIGN_IN = SimpleNamespace(name="", expires_at=datetime(2026, 1, 1, tzinfo=UTC))


def head(risk: str) -> str:
    area = OwnerArea(SimpleNamespace(), SimpleNamespace(), ENGLISH, lambda: risk)
    return area._head(SIGN_IN)


def test_the_owner_sees_why_the_data_is_not_safe():
    assert re.search(r'cc-risk"[^>]* hidden></div>', head(""))
    shown = head("the <b>store</b> is down")
    assert 'role="alert"' in shown
    assert " hidden" not in shown
    assert html.escape("the <b>store</b> is down") in shown


async def test_a_space_without_a_store_is_a_risk(sqlite_values, tmp_path):
    for settings, is_risky in (
        ({"space_id": "me/chat"}, True),
        ({"space_id": "me/chat", "snapshot_store": str(tmp_path / "store")}, True),
        ({}, False),
        ({"snapshot_store": str(tmp_path / "store")}, False),
    ):
        services = build_services(make_settings(sqlite_values, **settings))
        assert ("emptied at every restart" in services.find_risk()) is is_risky
        assert any(note.startswith("SNAPSHOT_STORE") for note in services.notes) is is_risky
        await services.stop()


@pytest.mark.parametrize(
    ("store", "is_lost"),
    [
        ("hf://buckets/me/chat-data", False),
        ("hf://datasets/me/chat-data", False),
        # A mounted bucket is another file system than the Space's own disk, as is this one.
        pytest.param("/proc/store", False, marks=ONLY_LINUX),
        ("file://{disk}/not/there/yet", True),
    ],
)
def test_copies_on_the_spaces_own_disk_are_lost_with_it(sqlite_values, tmp_path, store, is_lost):
    place = store.format(disk=tmp_path)
    settings = make_settings(sqlite_values, space_id="me/chat", snapshot_store=place)
    assert is_disk_lost(settings) is is_lost
