"""The settings of Gradio that are not documented, in one place, with the reason for each.

They hold for gradio 6.31 and are checked by a test: a newer Gradio may need others.
"""

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MAX_RUNNING_EVENTS = 400
_SESSIONS_KEPT = 1000
_QUEUE_PAUSE_SECONDS = 0.01


def prepare_gradio() -> None:
    """Call in place of the first `import gradio`, which it does.

    No telemetry. Gradio tries to import matplotlib on every event, and a failed import costs a
    fifth of the event; its statistics cost 3-7 ms of pandas per finished event. Where `mcp` is
    installed Gradio imports it for a server of its own, which is not used here: that is more than
    a second of the start.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"
    os.environ["GRADIO_SSR_MODE"] = "False"
    if "matplotlib" not in sys.modules and importlib.util.find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]
    with _hidden("mcp"):
        import gradio  # noqa: F401


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """While open, a package that nobody has imported yet seems not to be installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


def tune(page: Any) -> None:
    """Sets the limits of a built `gr.Blocks`; call before it is mounted or launched.

    `max_threads` is also the number of queued events that run at once, and each answer being
    followed is one. A session's copy of the components weighs about 100 kB and is dropped only
    when too many are kept. The queue looks for work every millisecond unless told otherwise,
    which takes 3-5 % of a core while nobody is here. On a Space the page would ask other hosts for
    a header and its fonts, which tells them of every visitor.
    """
    page.space_id = None
    page.max_threads = _MAX_RUNNING_EVENTS
    page.state_session_capacity = _SESSIONS_KEPT
    page.queue(max_size=_MAX_RUNNING_EVENTS, default_concurrency_limit=None)
    page._queue.sleep_when_free = _QUEUE_PAUSE_SECONDS


def count_event_values(page: Any) -> dict[int, int]:
    """How many values each event of a built `gr.Blocks` takes, by the event's id."""
    return {event_id: len(event.inputs) for event_id, event in page.fns.items()}


def count_late_event_values(page: Any, session: str) -> dict[int, int]:
    """As above, for the events that `gr.render` made for one open page, named by its session."""
    if session not in page.state_holder:
        return {}
    events = page.state_holder.session_data[session].blocks_config.fns
    return {
        event_id: len(event.inputs)
        for event_id, event in list(events.items())
        if event_id not in page.fns
    }


def offer_hugging_face(site: Any) -> bool:
    """Adds Hugging Face's sign-in routes to a FastAPI app; False, and nothing, outside a Space.

    Outside a Space Gradio signs this sign-in's cookie with a constant that everyone knows, and its
    routes make anyone the user of the machine: it must not exist there.
    """
    from gradio import oauth
    from gradio.utils import get_space

    needed = (
        oauth.OAUTH_CLIENT_ID,
        oauth.OAUTH_CLIENT_SECRET,
        oauth.OAUTH_SCOPES,
        oauth.OPENID_PROVIDER_URL,
    )
    if get_space() is None or not all(needed):
        return False
    oauth.attach_oauth(site)
    return True
