import html
from datetime import UTC, datetime
from types import SimpleNamespace

from chatbot.services import build_services
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.owner_area import OwnerArea
from tests.fakes import make_settings

SIGN_IN = SimpleNamespace(name="", expires_at=datetime(2026, 1, 1, tzinfo=UTC))


def head(risk: str) -> str:
    area = OwnerArea(SimpleNamespace(), SimpleNamespace(), ENGLISH, lambda: risk)
    return area._head(SIGN_IN)


def test_the_owner_sees_why_the_data_is_not_safe():
    assert "cc-risk" not in head("")
    shown = head("the <b>store</b> is down")
    assert 'role="alert"' in shown
    assert html.escape("the <b>store</b> is down") in shown


async def test_a_space_without_a_store_is_a_risk(sqlite_values, tmp_path):
    for settings, is_risky in (
        ({"space_id": "me/chat"}, True),
        ({"space_id": "me/chat", "snapshot_store": str(tmp_path / "store")}, False),
        ({}, False),
    ):
        services = build_services(make_settings(sqlite_values, **settings))
        assert ("emptied at every restart" in services.find_risk()) is is_risky
        assert any(note.startswith("SNAPSHOT_STORE") for note in services.notes) is is_risky
        await services.stop()
