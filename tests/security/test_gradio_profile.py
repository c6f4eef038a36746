"""How Gradio is set up and which of its parts are used: each rule keeps a known hole of it shut.

That no path of it answers but those that are listed is in test_responses.py.
"""

import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest
from packaging.version import Version

from chatbot.ui.gradio_settings import prepare_gradio, tune
from chatbot.ui.theme import page_options
from tests.ui.examples import VALUES

ROOT = Path(__file__).parents[2]
# The first versions without the holes that are known of; the newest of each is pinned beside.
FLOORS = {
    "gradio": "6.31",  # redirects, relays and origins up to 6.25, LaTeX up to 6.30
    "brotli": "1.2.1",  # CVE-2026-111497
}
# What runs markup or script, fetches addresses, keeps uploads, or signs in anybody outside a Space.
FORBIDDEN = (
    "HTML Info Warning Error load LoginButton DuplicateButton DeepLinkButton State File "
    "FileExplorer UploadButton DownloadButton Image ImageSlider ImageEditor Gallery Audio Video "
    "Model3D AnnotatedImage MultimodalTextbox Server api Interface ChatInterface Flag"
).split()
SOURCES = sorted([*(ROOT / "chatbot").rglob("*.py"), *(ROOT / "dashboards").rglob("*.py")])


@pytest.mark.parametrize("name", FLOORS)
def test_no_version_with_a_known_hole_is_installed_or_asked_for(name: str) -> None:
    assert Version(version(name)) >= Version(FLOORS[name])
    pinned = re.findall(rf"^{name}==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert all(Version(one) >= Version(FLOORS[name]) for one in pinned)
    assert pinned or name != "gradio"


def test_no_part_of_gradio_is_used_that_trusts_what_it_is_given() -> None:
    found = re.compile(rf"\bgr(?:adio)?\.({'|'.join(FORBIDDEN)})\b(?!`)")
    assert len(SOURCES) > 200
    used = [(str(path), found.findall(path.read_text("utf-8"))) for path in SOURCES]
    # What the page would mean by `gr.HTML` is told in one comment, in backticks.
    assert [entry for entry in used if entry[1]] == []


def test_the_options_of_the_page_open_nothing() -> None:
    options = page_options(VALUES)
    assert options["max_file_size"] == "1mb"
    assert options["pwa"] is False
    for name in ("allowed_paths", "mcp_server", "auth", "share"):
        assert not options.get(name), name


def test_a_page_keeps_a_bounded_number_of_sessions_and_events() -> None:
    with gr.Blocks() as page:
        pass
    tune(page)
    built = cast(Any, page)
    assert built.state_session_capacity == 1000
    assert built._queue.max_size == 400
    assert built.space_id is None


def test_gradio_tells_nobody_of_this_program() -> None:
    prepare_gradio()
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["GRADIO_SSR_MODE"] == "False"
