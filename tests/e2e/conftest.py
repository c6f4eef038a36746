"""Chromium, the running program with and without a model, and visitors who use it.

The browser and the programs are shared by all tests of this folder that run in one process; every
test has visitors of its own. Playwright keeps an event loop on the main thread while it runs, so
a test that needs asyncio runs it on another thread (`run_async`).
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Table
from tests.app_process import AppProcess
from tests.e2e.guard import Guard
from tests.e2e.visitor_page import WAIT, VisitorPage
from tests.fakes import list_rows
from tests.spaces_package import install_spaces
from tests.stand_in import Answer, Reply, StandIn

Row = TypeVar("Row", bound=Table)
Result = TypeVar("Result")

# The shell is the same browser without its windows, and needs a quarter less of a CPU.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}

Visit = Callable[..., VisitorPage]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Waits end when what they wait for is there: only a failure takes as long as this.
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        yield browser
        browser.close()


def _launch(playwright: Playwright) -> Browser:
    paths = [os.environ.get("CHROMIUM"), *map(shutil.which, CHROMIUM_NAMES)]
    path = next((path for path in paths if path), None)
    if path is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip("Chromium is not installed")
    try:
        return playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
    except PlaywrightError as error:
        pytest.fail(f"Chromium does not start: {error}")


@pytest.fixture(scope="package", autouse=True)
def _start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """With LAUNCHED=1 every program is started as on ZeroGPU, by `Blocks.launch`."""
    is_launched = os.environ.get("LAUNCHED") == "1"
    more = install_spaces(tmp_path_factory.mktemp("spaces")) if is_launched else {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppProcess, "common", more)
        yield


@pytest.fixture(scope="package")
def _stand_in() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="package")
def app(_stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """The program with a model: what the model says is up to the test's `stand_in`."""
    settings = {"OPENAI_BASE_URL": _stand_in.base_url}
    with AppProcess(tmp_path_factory.mktemp("app"), settings) as app:
        yield app


@pytest.fixture(scope="package")
def limited_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """The program without a key."""
    with AppProcess(tmp_path_factory.mktemp("limited")) as app:
        yield app


@pytest.fixture
def quiet_app(limited_app: AppProcess) -> Iterator[AppProcess]:
    """The program without a key; the test fails at its end when it has logged a stack trace."""
    start = len(limited_app.log)
    yield limited_app
    assert "Traceback" not in limited_app.log[start:], limited_app.log[start:][-4000:]


@pytest.fixture
def stand_in(_stand_in: StandIn) -> Iterator[StandIn]:
    """The model's stand-in; what one test makes it say ends with the test."""
    yield _stand_in
    _stand_in.default = Reply()
    _stand_in.answer = lambda _request: None


@pytest.fixture
def say(stand_in: StandIn) -> Callable[..., None]:
    """Sets what the model answers from here on, in order; the last one again and again."""

    def set_answers(*answers: Answer) -> None:
        left = list(answers)
        stand_in.answer = lambda _request: left.pop(0) if len(left) > 1 else left[0]

    return set_answers


@pytest.fixture
def guards() -> Iterator[list[Guard]]:
    """The guard of every visitor of a test; the test fails at its end when one saw a fault."""
    guards: list[Guard] = []
    yield guards
    faults = [fault for guard in guards for fault in guard.faults]
    assert faults == []


@pytest.fixture
def visit(browser: Browser, guards: list[Guard]) -> Iterator[Visit]:
    """Opens a program's page as somebody who has never been there.

    The test fails at its end when the program has logged a stack trace meanwhile.
    """
    contexts = []
    logged: dict[AppProcess, int] = {}

    def open_page(app: AppProcess, **options: Any) -> VisitorPage:
        logged.setdefault(app, len(app.log))
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        context.set_default_timeout(WAIT)
        contexts.append(context)
        guard = Guard(context, app.url)
        guards.append(guard)
        return VisitorPage(context.new_page(), app, guard).open()

    yield open_page
    for context in contexts:
        context.close()
    for app, start in logged.items():
        assert "Traceback" not in app.log[start:], app.log[start:][-4000:]


@pytest.fixture
def visitor(visit: Visit, app: AppProcess) -> VisitorPage:
    return visit(app)


def read_rows(app: AppProcess, table: type[Row]) -> list[Row]:
    """Every row of a table in the program's database, in the order of their keys."""
    database = Database(DatabaseValues(app.database_url))
    try:
        return list_rows(database, table)
    finally:
        database.close()


def run_async(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs a coroutine to its end on a thread without an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
