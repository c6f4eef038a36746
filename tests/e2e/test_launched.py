"""The core paths of visitor and owner with the program started by `Blocks.launch`: the very tests
that the ordinary start has to pass, and what only this start has to. With LAUNCHED=1 all
tests of this folder are run with that start.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from chatbot.storage.models import Message
from tests.app_process import AppProcess
from tests.e2e import test_continuity
from tests.e2e.conftest import Visit, read_rows
from tests.e2e.test_asking import (  # noqa: F401
    test_a_tool_saves_the_visitors_contact,
    test_an_answer_streams_and_its_source_opens,
)
from tests.e2e.test_continuity import (  # noqa: F401
    test_a_second_tab_shows_the_answer_while_it_is_written,
)
from tests.e2e.test_inbox import (  # noqa: F401
    open_inbox,
    test_a_chat_is_taken_over_answered_and_handed_back,
)
from tests.e2e.test_owner_sign_in import (  # noqa: F401
    PASSWORD,
    test_the_owner_signs_in_after_a_slip_and_out_again,
)
from tests.spaces_package import install_spaces
from tests.stand_in import Reply, StandIn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("package")


@pytest.fixture(scope="module")
def app(
    _stand_in: StandIn, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppProcess]:
    settings = {
        **install_spaces(package),
        "OPENAI_BASE_URL": _stand_in.base_url,
        "OWNER_PASSWORD": PASSWORD,
        "SYSTEM": "spaces",
        "SPACE_ID": "mara/chat",
        "SECRET_KEY": "a key of the stand-in of a Space",
    }
    with AppProcess(tmp_path_factory.mktemp("launched"), settings) as app:
        yield app


@pytest.fixture
def owned_app(app: AppProcess, stand_in: StandIn) -> AppProcess:
    assert stand_in.default == Reply()
    return app


def test_the_platform_is_told_that_it_started(app: AppProcess, package: Path) -> None:
    assert app.is_running
    assert set((package / "report.txt").read_text().splitlines()) == {"started with 1"}


def test_no_second_server_takes_new_files(app: AppProcess) -> None:
    assert app.is_running
    assert "HOT_RELOAD" not in app.log


@pytest.mark.parametrize("path", ["/monitoring/summary", "/gradio_api/startup-events", "/docs"])
def test_only_the_known_paths_answer(app: AppProcess, path: str) -> None:
    assert httpx.get(app.url + path).status_code == 404


def test_its_answers_have_the_same_headers_and_no_server_name(app: AppProcess) -> None:
    answer = httpx.get(app.url)
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    foreign = httpx.post(
        f"{app.url}/gradio_api/queue/join",
        headers={"origin": "https://evil.example"},
        json={"fn_index": 0, "data": [], "session_hash": "x"},
    )
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers


def test_an_open_page_survives_a_restart_and_its_answer_is_stored_at_the_end(
    visit: Visit, say: Callable[..., None], app: AppProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the ordinary start's test sees, and what is in the database between end and start."""
    stored: list[Message] = []

    def restart() -> None:
        app.stop()
        stored.extend(read_rows(app, Message))
        app.start()

    monkeypatch.setattr(app, "restart", restart)
    test_continuity.test_an_open_page_survives_a_restart_in_mid_answer(visit, say, app)
    last = max(stored, key=lambda row: row.id)
    assert (last.role, last.status) == ("assistant", "interrupted")
    assert last.content.startswith(test_continuity.SHORT.text.split()[0])
