"""How every figure looks: one accent, much air, nothing that is not needed."""

import html
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

FONTS = "ui-sans-serif, system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, sans-serif"
CLEAR = "rgba(0,0,0,0)"
TITLE_SIZE, LABEL_SIZE, SMALL_SIZE = 17, 14, 13
# Plotly does not wrap; this many characters of a title fit a page of 390 pixels.
TITLE_WIDTH = 33
TITLE_LINE, TITLE_SPACE, TITLE_GAP = 23, 28, 18
MODE_BAR = ("zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale")


@dataclass(frozen=True)
class FigureStyle:
    """The owner's accent colour ("#2456c8", readable on the ground) and which ground it is."""

    accent: str
    is_dark: bool = False

    @property
    def text(self) -> str:
        return "#e7e9ee" if self.is_dark else "#16181d"

    @property
    def muted(self) -> str:
        return "#a0a8b6" if self.is_dark else "#5a6170"

    @property
    def line(self) -> str:
        return "#2c313b" if self.is_dark else "#e2e5ea"

    @property
    def ground(self) -> str:
        return "#13151a" if self.is_dark else "#ffffff"

    @property
    def raised(self) -> str:
        return "#1d2027" if self.is_dark else "#ffffff"

    @property
    def soft_accent(self) -> str:
        """The accent, paled towards the ground, for what is not the point of the figure."""
        parts = zip(_rgb(self.accent), _rgb(self.ground), strict=True)
        return "#" + "".join(f"{round(0.42 * one + 0.58 * two):02x}" for one, two in parts)


def build_figure(
    style: FigureStyle, *, title: str, height: int, traces: list[Any] | None = None, **layout: Any
) -> "Figure":
    """A figure with its finding as title; `height` in pixels counts what is below the title.

    It is as wide as its place. Nothing can be dragged or zoomed: on a phone that would catch the
    finger that scrolls.
    """
    import plotly.graph_objects as go

    lines = textwrap.wrap(title, TITLE_WIDTH)
    top = TITLE_SPACE + TITLE_LINE * len(lines)
    figure = go.Figure(data=traces or [])
    figure.update_layout(
        template="none",
        title={
            "text": "<br>".join(plain(line) for line in lines),
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            # Of several lines, it is the first that stands at y.
            "y": 1 - (TITLE_SPACE - TITLE_GAP + TITLE_LINE) / (top + height),
            "yref": "container",
            "yanchor": "bottom",
            "pad": {"l": 4},
            "font": {"size": TITLE_SIZE, "color": style.text, "weight": 600},
        },
        font={"family": FONTS, "size": SMALL_SIZE, "color": style.muted},
        hoverlabel={
            "bgcolor": style.raised,
            "bordercolor": style.line,
            "font": {"family": FONTS, "size": SMALL_SIZE, "color": style.text},
        },
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        margin={"l": 4, "r": 4, "t": top, "b": 8},
        height=top + height,
        autosize=True,
        showlegend=False,
        dragmode=False,
        bargap=0.25,
        modebar={"remove": list(MODE_BAR), "bgcolor": CLEAR},
        xaxis={"fixedrange": True, "showgrid": False, "zeroline": False, "automargin": True},
        yaxis={"fixedrange": True, "zeroline": False, "automargin": True, "gridcolor": style.line},
    )
    figure.update_layout(**layout)
    return figure


def empty_figure(style: FigureStyle, *, title: str, hint: str) -> "Figure":
    """What stands in the place of a figure that has nothing to show."""
    figure = build_figure(style, title="", height=168)
    figure.update_layout(
        xaxis={"visible": False, "range": [0, 1]},
        yaxis={"visible": False, "range": [0, 1]},
        shapes=[
            {
                "type": "rect",
                "xref": "paper",
                "yref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 0,
                "y1": 1,
                "line": {"color": style.line, "width": 1, "dash": "dot"},
            }
        ],
    )
    add_text(figure, title, x=0.5, y=0.5, shift=14, size=LABEL_SIZE + 2, color=style.text)
    add_text(
        figure,
        "<br>".join(textwrap.wrap(plain(hint), 44)),
        x=0.5,
        y=0.5,
        shift=-16,
        size=SMALL_SIZE,
        color=style.muted,
    )
    return figure


def add_text(
    figure: "Figure",
    words: str,
    *,
    x: float,
    y: float,
    color: str,
    size: int = SMALL_SIZE,
    shift: int = 0,
    left: bool = False,
    axes: bool = False,
) -> None:
    """Put a text that is already safe on a figure; `axes`: y is on its axis, not on the paper."""
    figure.add_annotation(
        text=words,
        x=x,
        y=y,
        xref="paper",
        yref="y" if axes else "paper",
        xanchor="left" if left else "center",
        yanchor="middle",
        yshift=shift,
        showarrow=False,
        align="left" if left else "center",
        font={"size": size, "color": color},
    )


def plain(words: str) -> str:
    """A text that Plotly shows as it is: in its texts some tags work, a link among them."""
    return html.escape(words, quote=False).replace("$", "&#36;")


def _rgb(color: str) -> tuple[int, ...]:
    digits = color.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return tuple(int(digits[place : place + 2], 16) for place in (0, 2, 4))
