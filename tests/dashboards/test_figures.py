import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from chatbot.ui.color import contrast, parse_color
from dashboards import figures, wording
from dashboards.engagement import DEPTHS, DepthCount, Engagement
from dashboards.figure_style import FigureStyle
from dashboards.queries import DailyActive, DayCount, Funnel, Overview
from dashboards.top_questions import TopQuestion, TopQuestions

STYLE = FigureStyle("#2456c8")
NOW = datetime(2026, 5, 4, tzinfo=UTC)
OVERVIEW = Overview(412, 168, 21, 190, 1204, 560, 44, 25, 3, 1, 2.3411, 940.0, 38, 6)
NO_OVERVIEW = Overview(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, None, 0, 0)
FUNNEL = Funnel(visits=400, asked=100, asked_again=60, reached_out=1)
HOURS = tuple(3 if hour in (23, 0, 1) else 1 for hour in range(24))
ENGAGEMENT = Engagement(
    depths=tuple(
        DepthCount(*depth, conversations=number)
        for depth, number in zip(DEPTHS, (8, 4, 2, 1, 1), strict=True)
    ),
    hours=HOURS,
    conversations=16,
    questions=40,
    answer_characters=512.4,
    asked=12,
    returned=3,
)
SILENCE = Engagement(
    depths=tuple(DepthCount(*depth, conversations=0) for depth in DEPTHS),
    hours=(0,) * 24,
    conversations=0,
    questions=0,
    answer_characters=None,
    asked=0,
    returned=0,
)
HOSTILE = "<a href='https://evil.example'>win</a> <b>bold</b> $x^2$ &lt;"
TOP = TopQuestions(
    (TopQuestion("What is your notice period?", 14, 9, NOW), TopQuestion(HOSTILE, 3, 0, NOW))
)


def days(*counts: int) -> DailyActive:
    first = date(2026, 5, 1)
    return DailyActive(
        tuple(DayCount(first + timedelta(days=place), n) for place, n in enumerate(counts))
    )


ALL = [
    (figures.overview_figure, OVERVIEW, wording.describe_overview),
    (figures.daily_figure, days(1, 0, 7, 2), wording.describe_daily),
    (figures.funnel_figure, FUNNEL, wording.describe_funnel),
    (figures.questions_figure, TOP, wording.describe_questions),
    (figures.depth_figure, ENGAGEMENT, wording.describe_depth),
    (figures.hours_figure, ENGAGEMENT, wording.describe_hours),
]
EMPTY = [
    (figures.overview_figure, NO_OVERVIEW, wording.describe_overview),
    (figures.daily_figure, days(0, 0), wording.describe_daily),
    (figures.funnel_figure, Funnel(0, 0, 0, 0), wording.describe_funnel),
    (figures.questions_figure, TopQuestions(()), wording.describe_questions),
    (figures.depth_figure, SILENCE, wording.describe_depth),
    (figures.hours_figure, SILENCE, wording.describe_hours),
]


def texts(figure) -> str:
    words = [figure.layout.title.text, *(note.text for note in figure.layout.annotations)]
    return " ".join(word for word in words if word)


@pytest.mark.parametrize(
    ("figure", "title"),
    [
        (
            figures.overview_figure(OVERVIEW, STYLE),
            "21 of 168 visitors who asked left a contact (12 %)",
        ),
        (
            figures.daily_figure(days(1, 0, 7, 2), STYLE),
            "2.5 active visitors a day, at most 7 on Sun 3 May",
        ),
        (figures.daily_figure(days(1), STYLE), "1 active visitor on Fri 1 May"),
        (
            figures.funnel_figure(FUNNEL, STYLE),
            "Of 400 visits, 100 asked something and 1 reached out",
        ),
        (figures.questions_figure(TOP, STYLE), "1 of the 2 top questions went without an answer"),
        (
            figures.depth_figure(ENGAGEMENT, STYLE),
            "2.5 questions per conversation; 50 % end after one",
        ),
        (
            figures.hours_figure(ENGAGEMENT, STYLE),
            "Busiest from 23:00 to 02:00: 30 % of the questions",
        ),
    ],
)
def test_the_title_says_the_finding(figure, title):
    assert figure.layout.title.text.replace("<br>", " ") == title


@pytest.mark.parametrize(("build", "data", "describe"), EMPTY)
def test_nothing_to_show_is_said(build, data, describe):
    assert " yet" in texts(build(data, STYLE))
    assert " yet" in describe(data)


@pytest.mark.parametrize(("build", "data", "_describe"), ALL + EMPTY)
@pytest.mark.parametrize("style", [STYLE, FigureStyle("#8fb0ff", is_dark=True)])
def test_a_figure_fits_its_place_and_its_ground(build, data, _describe, style):
    figure = build(data, style)
    assert figure.layout.width is None
    assert figure.layout.height >= 150
    assert (figure.layout.paper_bgcolor, figure.layout.plot_bgcolor) == ("rgba(0,0,0,0)",) * 2
    assert (figure.layout.dragmode, figure.layout.showlegend) == (False, False)
    assert all(len(line) <= 36 for line in figure.layout.title.text.split("<br>"))
    assert len(figure.to_json()) < 8_000
    assert style.text in figure.to_json()


@pytest.mark.parametrize("style", [STYLE, FigureStyle("#8fb0ff", is_dark=True)])
def test_texts_are_readable_on_their_ground(style):
    ground = parse_color(style.ground)
    assert contrast(parse_color(style.text), ground) >= 4.5
    assert contrast(parse_color(style.muted), ground) >= 4.5
    # The pale bars are told from the full ones by more than their hue.
    assert contrast(parse_color(style.accent), parse_color(style.soft_accent)) >= 1.8


def test_a_visitors_words_cannot_be_markup():
    shown = texts(figures.questions_figure(TOP, STYLE))
    assert "<a" not in shown
    assert "<b>" not in shown
    assert "$" not in shown
    assert "&lt;a href='https://evil" in shown


def test_the_day_with_most_visitors_stands_out():
    colors = figures.daily_figure(days(1, 0, 7, 2), STYLE).data[0].marker.color
    assert colors == (STYLE.soft_accent, STYLE.soft_accent, STYLE.accent, STYLE.soft_accent)


def test_many_days_are_a_line_and_few_are_bars():
    assert figures.daily_figure(days(*[1] * 30), STYLE).data[0].type == "bar"
    assert figures.daily_figure(days(*[1] * 90), STYLE).data[0].type == "scatter"


def test_the_busiest_hours_may_go_past_midnight():
    colors = figures.hours_figure(ENGAGEMENT, STYLE).data[0].marker.color
    assert [hour for hour in range(24) if colors[hour] == STYLE.accent] == [0, 1, 23]


def test_an_unanswered_part_is_pale():
    full, pale = figures.questions_figure(TOP, STYLE).data
    assert (full.x, pale.x) == ((5, 3), (9, 0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (wording.describe_overview(OVERVIEW), "Spent on answers: $2.34"),
        (wording.describe_daily(days(1, 0, 7)), "Fri 1 May: 1; Sun 3 May: 7. 1 other day without"),
        (wording.describe_funnel(FUNNEL), "Left a contact or asked for you: 1 (under 1 %)"),
        (wording.describe_questions(TOP), f"“{HOSTILE}”: 3×"),
        (wording.describe_depth(ENGAGEMENT), "3–5 questions: 2 conversations"),
        (wording.describe_depth(ENGAGEMENT), "3 of 12 visitors wrote on two days"),
        (wording.describe_hours(ENGAGEMENT), "23:00: 3"),
    ],
)
def test_every_figure_can_be_read_aloud(text, words):
    assert words in text


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.125, "12 %"), (0.999, "over 99 %"), (1, "100 %")],
)
def test_a_share_is_not_rounded_to_nothing_or_all(share, words):
    assert wording.percent(share) == words


def test_importing_the_figures_does_not_import_plotly():
    program = "import sys, dashboards.figures; sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
