"""The owner's tab of analytics: components, handler, events.

The figures are made when the tab is opened, because the browser needs 1.3 MB for the first of them.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr

from chatbot.errors import InvalidInput
from dashboards import figures, wording
from dashboards.analytics import Analytics, AnalyticsView
from dashboards.figure_style import FigureStyle
from dashboards.period import PERIOD_DAYS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TAB = "analytics"
ALL_TIME = "all"
USUAL_DAYS = "30"
# Left column, then right; on a phone the style sheet puts them into one.
COLUMNS = (("overview", "questions"), ("daily", "funnel", "hours", "depth"))
PLACES = tuple(place for column in COLUMNS for place in column)

Changes = dict[Any, Any]


class Guard(Protocol):
    """Runs the work of an event for the owner only; else it changes the line that says why."""

    async def run(
        self, request: gr.Request, error_line: Any, work: Callable[[], Awaitable[Changes]]
    ) -> Changes: ...


@dataclass(frozen=True)
class AnalyticsTexts:
    """The words of the tab beside those of the figures."""

    title: str = "Analytics"
    period: str = "Period"
    days: str = "{days} days"
    all_time: str = "All time"
    loading: str = "Loading\u2026"
    names: tuple[tuple[str, str], ...] = (
        ("overview", "Overview"),
        ("questions", "Top questions"),
        ("daily", "Active visitors a day"),
        ("funnel", "From visit to contact"),
        ("hours", "Questions by hour"),
        ("depth", "Length of conversations"),
    )


@dataclass(frozen=True)
class AnalyticsTab:
    """The components of the tab; `words` tell in words what each of `plots` shows.

    `clock` holds how many minutes the owner's clock is ahead of UTC, `scheme` "dark" or "light".
    """

    tab: gr.Tab
    period: gr.Radio
    plots: dict[str, gr.Plot]
    words: dict[str, gr.Markdown]
    line: gr.Markdown
    show_button: gr.Button
    clock: gr.Textbox
    scheme: gr.Textbox


@dataclass(frozen=True)
class Shown:
    """One figure, and the same in words."""

    figure: "Figure"
    words: str


def build(texts: AnalyticsTexts, clock: gr.Textbox, scheme: gr.Textbox) -> AnalyticsTab:
    """The tab's components; call it inside `gr.Tabs`."""
    plots: dict[str, gr.Plot] = {}
    words: dict[str, gr.Markdown] = {}
    with gr.Tab(texts.title, elem_id=f"owner-{TAB}") as tab:
        period = gr.Radio(
            _choices(texts),
            value=USUAL_DAYS,
            label=texts.period,
            elem_id=f"owner-{TAB}-period",
            elem_classes="own-choice",
            interactive=True,
        )
        line = gr.Markdown(
            f'<p class="own-wait">{texts.loading}</p>',
            elem_id=f"owner-{TAB}-line",
            elem_classes="own-line",
        )
        with gr.Row(elem_classes="own-figures"):
            for column in COLUMNS:
                with gr.Column(elem_classes="own-column", min_width=0):
                    for place in column:
                        plots[place], words[place] = _build_figure(place, texts)
        show_button = gr.Button(TAB, elem_id=f"owner-{TAB}-show", visible="hidden")
    return AnalyticsTab(tab, period, plots, words, line, show_button, clock, scheme)


def _build_figure(place: str, texts: AnalyticsTexts) -> tuple[gr.Plot, gr.Markdown]:
    with gr.Column(elem_id=f"owner-figure-{place}", elem_classes="own-figure", min_width=0):
        label = dict(texts.names)[place]
        plot = gr.Plot(label=label, show_label=False, container=False, elem_classes="own-plot")
        words = gr.Markdown("", elem_classes="own-words", latex_delimiters=[])
    return plot, words


def _choices(texts: AnalyticsTexts) -> list[tuple[str, str | int | float]]:
    days = [(texts.days.format(days=days), str(days)) for days in PERIOD_DAYS]
    return [*days, (texts.all_time, ALL_TIME)]


class AnalyticsHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        analytics: Analytics,
        guard: Guard,
        tab: AnalyticsTab,
        texts: AnalyticsTexts,
        light: FigureStyle,
        dark: FigureStyle,
    ) -> None:
        self._analytics = analytics
        self._guard = guard
        self._tab = tab
        self._texts = texts
        self._styles = {"light": light, "dark": dark}

    async def show_figures(
        self, request: gr.Request, period: Any, clock: Any, scheme: Any
    ) -> Changes:
        async def work() -> Changes:
            view = await self._analytics.read(
                read_days(period), utc_offset_minutes=_read_minutes(clock)
            )
            style = self._styles["dark" if scheme == "dark" else "light"]
            # The first figure of a process takes a quarter of a second.
            return self._show(await asyncio.to_thread(build_figures, view, style))

        return await self._guard.run(request, self._tab.line, work)

    def _show(self, shown: dict[str, Shown]) -> Changes:
        names = dict(self._texts.names)
        changes: Changes = {}
        for place, one in shown.items():
            words = f"<h3>{_plain(names[place])}</h3><p>{_plain(one.words)}</p>"
            changes[self._tab.plots[place]] = one.figure
            changes[self._tab.words[place]] = f'<div class="cc-sr">{words}</div>'
        return changes


def wire(tab: AnalyticsTab, handlers: AnalyticsHandlers) -> None:
    """Attaches the tab's events; the figures themselves need Gradio's own conversion."""
    gr.on(
        [tab.tab.select, tab.period.input, tab.show_button.click],
        handlers.show_figures,
        inputs_kwargs={"period": tab.period, "clock": tab.clock, "scheme": tab.scheme},
        outputs=[*tab.plots.values(), *tab.words.values(), tab.line],
        trigger_mode="always_last",
        preprocess=False,
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
    )


def build_figures(view: AnalyticsView, style: FigureStyle) -> dict[str, Shown]:
    """Every figure of the tab by its place."""
    overview, daily, funnel = view.overview, view.daily, view.funnel
    top, engagement = view.questions, view.engagement
    return {
        "overview": Shown(
            figures.overview_figure(overview, style), wording.describe_overview(overview)
        ),
        "questions": Shown(figures.questions_figure(top, style), wording.describe_questions(top)),
        "daily": Shown(figures.daily_figure(daily, style), wording.describe_daily(daily)),
        "funnel": Shown(figures.funnel_figure(funnel, style), wording.describe_funnel(funnel)),
        "hours": Shown(figures.hours_figure(engagement, style), wording.describe_hours(engagement)),
        "depth": Shown(figures.depth_figure(engagement, style), wording.describe_depth(engagement)),
    }


def read_days(value: Any) -> int | None:
    """How many days the owner chose, None for all time; InvalidInput for what is not offered."""
    if value == ALL_TIME:
        return None
    if value not in [str(days) for days in PERIOD_DAYS]:
        raise InvalidInput("Choose one of the periods.")
    return int(value)


def _plain(text: str) -> str:
    """HTML in which no character of a text means anything to HTML or to Markdown."""
    line = " ".join(text.split())
    return re.sub(r"[^\w\s]|_", lambda match: f"&#{ord(match[0])};", line, flags=re.ASCII)


def _read_minutes(value: Any) -> int:
    """Minutes ahead of UTC; 0 when the page did not say."""
    try:
        return int(str(value)[:6])
    except ValueError:
        return 0
