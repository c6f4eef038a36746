import json
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest

from chatbot.engine.visitor_chat import VisitorChat
from chatbot.ui.gradio_settings import prepare_gradio, tune
from chatbot.ui.layout import build_page
from chatbot.ui.theme import page_css, page_head, page_options, page_script
from chatbot.web.live import LiveBell
from tests.ui.examples import VALUES

SECRET = "a-secret-key-of-32-characters!!!"


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    built = build_page(VALUES, cast(VisitorChat, object()), LiveBell(secret_key=SECRET))
    tune(built)
    return built


def test_every_event_is_named_private_and_unlimited(page: gr.Blocks) -> None:
    assert len(page.fns) >= 10
    for event in page.fns.values():
        assert event.name not in ("<lambda>", "fn", None)
        assert event.api_visibility == "private"
        assert event.show_progress == "hidden"
        assert event.concurrency_limit is None


def test_the_message_list_is_never_read(page: gr.Blocks) -> None:
    for event in page.fns.values():
        kinds = [type(part) for part in event.inputs]
        assert gr.Chatbot not in kinds
        assert gr.Markdown not in kinds


def test_no_event_writes_into_the_input(page: gr.Blocks) -> None:
    for event in page.fns.values():
        assert "message-box" not in [part.elem_id for part in event.outputs]


def test_the_page_keeps_nothing_per_visitor_in_memory(page: gr.Blocks) -> None:
    assert gr.State not in [type(block) for block in page.blocks.values()]


def test_the_ring_never_drops_the_last_change(page: gr.Blocks) -> None:
    [ring] = [event for event in page.fns.values() if event.name == "refresh"]
    assert ring.trigger_mode == "always_last"


def test_the_page_tells_no_secret(page: gr.Blocks) -> None:
    config = json.dumps(page.get_config_file(), default=str)
    assert SECRET not in config
    assert str(Path(__file__).parents[2]) not in config


def test_every_starter_is_a_button(page: gr.Blocks) -> None:
    buttons = [block.value for block in page.blocks.values() if isinstance(block, gr.Button)]
    assert set(VALUES.starters) <= set(buttons)


def test_the_undocumented_settings_of_gradio_still_exist() -> None:
    with gr.Blocks() as fresh:
        pass
    internals = cast(Any, fresh)
    assert internals.max_threads == 40
    assert internals.state_session_capacity == 10_000
    assert internals._queue.sleep_when_free == 0.001
    tune(fresh)
    assert internals._queue.max_thread_count == 400
    assert internals._queue.sleep_when_free == 0.01


def test_preparing_gradio_stops_its_failing_import() -> None:
    prepare_gradio()
    with pytest.raises(ImportError):
        __import__("matplotlib")


def test_nothing_of_gradios_own_page_is_left() -> None:
    options = page_options(VALUES)
    assert options["footer_links"] == []
    assert options["run_history"] is False
    assert options["enable_monitoring"] is False
    assert options["show_error"] is False
    assert options["ssr_mode"] is False


def test_the_look_needs_no_other_host() -> None:
    for text in (page_css(VALUES), page_head(VALUES)):
        assert "http://" not in text.replace("http%3A//www.w3.org", "").replace(
            "http://www.w3.org", ""
        )
        assert "https://" not in text
    assert "eval(" not in page_script()
    assert "innerHTML" not in page_script()
