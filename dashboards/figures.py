"""The analytics as Plotly figures: plain values in, a figure out, nothing else touched.

Each figure says its finding in the title and stays readable at 390 pixels; `wording.py` holds the
same in words for who cannot see it.
"""

from typing import TYPE_CHECKING, Any

from dashboards import wording
from dashboards.engagement import Engagement
from dashboards.figure_style import (
    LABEL_SIZE,
    SMALL_SIZE,
    FigureStyle,
    add_text,
    build_figure,
    empty_figure,
    plain,
)
from dashboards.queries import DailyActive, Funnel, Overview
from dashboards.top_questions import TopQuestions

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TILE_HEIGHT, VALUE_SIZE = 76, 26
ROW_HEIGHT = 52
CHART_HEIGHT = 220
# With more days than this, bars are too thin to tell apart.
MOST_BARS = 45
ROW_CHARACTERS = 42
# How much wider than the longest bar a figure is, for the number that stands behind it.
NUMBER_ROOM = 1.62
NO_QUESTIONS_HINT = "What visitors ask most will stand here."


def overview_figure(overview: Overview, style: FigureStyle) -> "Figure":
    """The main numbers, two in a row."""
    tiles = wording.build_tiles(overview)
    rows = -(-len(tiles) // 2)
    title = wording.headline_overview(overview)
    figure = build_figure(style, title=title, height=rows * TILE_HEIGHT)
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[rows, 0])
    for place, tile in enumerate(tiles):
        row, x = place // 2, 0.52 * (place % 2)
        value, label = plain(tile.value), plain(tile.label)
        where: dict[str, Any] = {"x": x, "y": row + 0.5, "left": True, "axes": True}
        add_text(figure, value, shift=8, size=VALUE_SIZE, color=style.text, **where)
        add_text(figure, label, shift=-17, size=SMALL_SIZE, color=style.muted, **where)
    for row in range(rows):
        figure.add_hline(y=row, line={"color": style.line, "width": 1})
    return figure


def daily_figure(daily: DailyActive, style: FigureStyle) -> "Figure":
    """Active visitors of each day; the day with most stands out."""
    if not daily.total:
        return empty_figure(style, title=wording.EMPTY, hint=wording.EMPTY_HINT)
    days = [day.day for day in daily.days]
    counts = [day.sessions for day in daily.days]
    trace = _bars(style, days, counts, highest=len(days) > 1) if len(days) <= MOST_BARS else None
    figure = build_figure(
        style,
        title=wording.headline_daily(daily),
        height=CHART_HEIGHT,
        traces=[trace or _area(style, days, counts)],
    )
    figure.update_traces(hovertemplate="%{x|%a %-d %b %Y}: %{y}<extra></extra>")
    figure.update_xaxes(type="date", tickformat="%-d %b", nticks=5, ticklabelstandoff=6)
    if len(days) == 1:
        figure.update_xaxes(tickvals=days)
    _count_axis(figure, counts)
    return figure


def funnel_figure(funnel: Funnel, style: FigureStyle) -> "Figure":
    """How far visits go, one bar under its words for each step."""
    if not funnel.visits:
        return empty_figure(style, title="No visits yet", hint="Share the link to your page.")
    steps = wording.funnel_steps(funnel)
    rows = [
        (label, f"{number:,} · {wording.percent(share)}", float(number), 0.0)
        for label, number, share in steps
    ]
    return _row_figure(style, title=wording.headline_funnel(funnel), rows=rows)


def questions_figure(top: TopQuestions, style: FigureStyle) -> "Figure":
    """The questions that are asked most; the pale part of a bar went without an answer."""
    if not top.questions:
        return empty_figure(style, title="No questions yet", hint=NO_QUESTIONS_HINT)
    rows = [
        (
            wording.shorten(question.text, ROW_CHARACTERS),
            wording.question_count(question),
            float(question.count - question.unanswered),
            float(question.unanswered),
        )
        for question in top.questions
    ]
    return _row_figure(style, title=wording.headline_questions(top), rows=rows)


def depth_figure(engagement: Engagement, style: FigureStyle) -> "Figure":
    """Conversations by the number of questions in them."""
    if not engagement.conversations:
        return empty_figure(style, title=wording.EMPTY, hint=wording.EMPTY_HINT)
    labels = [wording.depth_label(depth) for depth in engagement.depths]
    counts = [depth.conversations for depth in engagement.depths]
    figure = build_figure(
        style,
        title=wording.headline_depth(engagement),
        height=CHART_HEIGHT,
        traces=[_bars(style, labels, counts, highest=True)],
    )
    figure.update_traces(
        text=counts, textposition="outside", cliponaxis=False, hovertemplate="%{y}<extra></extra>"
    )
    figure.update_xaxes(
        type="category", title={"text": "Questions", "standoff": 8, "font": {"size": SMALL_SIZE}}
    )
    figure.update_yaxes(visible=False, range=[0, max(counts) * 1.12])
    return figure


def hours_figure(engagement: Engagement, style: FigureStyle) -> "Figure":
    """Visitors' questions by the hour of the owner's day; the busiest hours stand out."""
    if not sum(engagement.hours):
        return empty_figure(style, title=wording.EMPTY, hint=wording.EMPTY_HINT)
    begin = wording.busiest_hour(engagement.hours)
    busy = {(begin + step) % 24 for step in range(wording.BUSY_HOURS)}
    trace = _bars(style, list(range(24)), list(engagement.hours))
    trace["marker"]["color"] = [
        style.accent if hour in busy else style.soft_accent for hour in range(24)
    ]
    title = wording.headline_hours(engagement)
    figure = build_figure(style, title=title, height=CHART_HEIGHT, traces=[trace])
    figure.update_traces(hovertemplate="%{x:02d}:00: %{y}<extra></extra>")
    places = [0, 6, 12, 18, 23]
    figure.update_xaxes(
        ticklabelstandoff=6, tickvals=places, ticktext=[f"{hour:02}:00" for hour in places]
    )
    _count_axis(figure, list(engagement.hours))
    return figure


def _bars(
    style: FigureStyle, places: list[Any], counts: list[int], *, highest: bool = False
) -> dict[str, Any]:
    top = counts.index(max(counts)) if highest else None
    colors = [
        style.accent if top in (None, place) else style.soft_accent for place in range(len(counts))
    ]
    return {"type": "bar", "x": places, "y": counts, "marker": {"color": colors, "cornerradius": 3}}


def _area(style: FigureStyle, days: list[Any], counts: list[int]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": counts,
        "line": {"color": style.accent, "width": 1.5},
        "fill": "tozeroy",
        "fillcolor": style.soft_accent,
    }


def _count_axis(figure: "Figure", counts: list[int]) -> None:
    """Few lines, whole numbers, and air above the highest."""
    step = max(1, -(-max(counts) // 4))
    figure.update_yaxes(dtick=step, tick0=0, range=[0, max(counts) * 1.08], tickformat=",d")


def _row_figure(
    style: FigureStyle, *, title: str, rows: list[tuple[str, str, float, float]]
) -> "Figure":
    """Bars that lie, each under a line with its words and its number: long words need the width.

    A row is words, number in words, length of the full part and of the pale part.
    """
    places = list(range(len(rows)))
    longest = max(full + pale for _, _, full, pale in rows) or 1
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": places,
            "x": [row[part] for row in rows],
            "width": 0.2,
            "marker": {"color": color, "line": {"width": 0}},
            "hoverinfo": "skip",
        }
        for part, color in ((2, style.accent), (3, style.soft_accent))
    ]
    figure = build_figure(
        style, title=title, height=len(rows) * ROW_HEIGHT, traces=traces, barmode="stack"
    )
    figure.update_xaxes(visible=False, range=[0, longest * NUMBER_ROOM])
    figure.update_yaxes(visible=False, range=[len(rows) - 0.6, -0.75])
    for place, (words, number, full, pale) in enumerate(rows):
        add_text(
            figure,
            plain(words),
            x=0,
            y=place,
            shift=18,
            size=LABEL_SIZE,
            color=style.text,
            left=True,
            axes=True,
        )
        figure.add_annotation(
            text=plain(number),
            x=full + pale,
            y=place,
            xanchor="left",
            xshift=4,
            showarrow=False,
            font={"size": SMALL_SIZE, "color": style.muted},
        )
    return figure
