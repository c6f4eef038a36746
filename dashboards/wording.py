"""What the figures say, in words: a headline for each, and a text for who cannot see it."""

from dataclasses import dataclass
from datetime import date

from dashboards.engagement import DepthCount, Engagement
from dashboards.queries import DailyActive, Funnel, Overview
from dashboards.top_questions import TopQuestion, TopQuestions

EMPTY = "No conversations yet"
EMPTY_HINT = "Choose a longer time, or share the link to your page."
BUSY_HOURS = 3
HEADLINE_QUESTION = 60


@dataclass(frozen=True)
class Tile:
    """One number of the overview, ready to be shown."""

    label: str
    value: str


def headline_overview(overview: Overview) -> str:
    if not overview.asked:
        return EMPTY
    askers = count_of(overview.asked, "visitor")
    if not overview.converted:
        return f"{askers} asked something; nobody has left a contact yet"
    rate = percent(overview.conversion_rate)
    return f"{overview.converted:,} of {askers} who asked left a contact ({rate})"


def describe_overview(overview: Overview) -> str:
    """The overview as sentences, for a screen reader."""
    numbers = "; ".join(f"{tile.label}: {tile.value}" for tile in build_tiles(overview))
    return f"{headline_overview(overview)}. {numbers}."


def build_tiles(overview: Overview) -> tuple[Tile, ...]:
    """The numbers of the overview, two for each row of it."""
    first_text = overview.first_text_ms
    rated = overview.thumbs_up + overview.thumbs_down
    return (
        Tile("Visits", f"{overview.sessions:,}"),
        Tile("Conversations", f"{overview.conversations:,}"),
        Tile("Messages", f"{overview.messages:,}"),
        Tile("Contacts left", f"{overview.contacts:,}"),
        Tile("Questions waiting", f"{overview.open_questions:,}"),
        Tile("Escalations waiting", f"{overview.open_escalations:,}"),
        Tile("First words after", "–" if first_text is None else f"{first_text / 1000:.1f} s"),
        Tile("Spent on answers", _dollars(overview.cost_usd)),
        Tile("Answers in limited mode", percent(overview.limited_share)),
        Tile("Thumbs up, of rated", f"{overview.thumbs_up:,} of {rated:,}" if rated else "–"),
    )


def _dollars(cost: float) -> str:
    return "under $0.01" if 0 < cost < 0.01 else f"${cost:,.2f}"


def headline_daily(daily: DailyActive) -> str:
    if not daily.total:
        return EMPTY
    peak = max(daily.days, key=lambda day: day.sessions)
    average = daily.total / len(daily.days)
    most = f"{peak.sessions:,} on {short_day(peak.day)}"
    if len(daily.days) == 1:
        return f"{count_of(peak.sessions, 'active visitor')} on {short_day(peak.day)}"
    if average < 0.1:
        used = sum(day.sessions > 0 for day in daily.days)
        return f"Active visitors on {used} of {len(daily.days)} days, at most {most}"
    return f"{average:.1f} active visitors a day, at most {most}"


def describe_daily(daily: DailyActive) -> str:
    """Every day with visitors, for a screen reader."""
    busy = [f"{short_day(day.day)}: {day.sessions:,}" for day in daily.days if day.sessions]
    if not busy:
        return f"{EMPTY}."
    quiet = len(daily.days) - len(busy)
    rest = f" {count_of(quiet, 'other day')} without any." if quiet else ""
    return f"{headline_daily(daily)}. {'; '.join(busy)}.{rest}"


def headline_funnel(funnel: Funnel) -> str:
    if not funnel.visits:
        return "No visits yet"
    visits = count_of(funnel.visits, "visit")
    return f"Of {visits}, {funnel.asked:,} asked something and {funnel.reached_out:,} reached out"


def describe_funnel(funnel: Funnel) -> str:
    """Every step with its share of the visits, for a screen reader."""
    steps = (
        f"{label}: {number:,} ({percent(share)})" for label, number, share in funnel_steps(funnel)
    )
    return f"{headline_funnel(funnel)}. {'; '.join(steps)}."


def funnel_steps(funnel: Funnel) -> tuple[tuple[str, int, float], ...]:
    """Label, number and share of all visits of each step."""
    steps = (
        ("Visited", funnel.visits),
        ("Asked something", funnel.asked),
        ("Asked several questions", funnel.asked_again),
        ("Left a contact or asked for you", funnel.reached_out),
    )
    return tuple(
        (label, number, number / funnel.visits if funnel.visits else 0.0) for label, number in steps
    )


def headline_questions(top: TopQuestions) -> str:
    if not top.questions:
        return "No questions yet"
    open_ones = sum(question.unanswered > 0 for question in top.questions)
    if open_ones:
        number = len(top.questions)
        return f"{open_ones} of the {count_of(number, 'top question')} went without an answer"
    first = top.questions[0]
    return f"Asked most: “{shorten(first.text, HEADLINE_QUESTION)}”"


def describe_questions(top: TopQuestions) -> str:
    """Every question in full with its counts, for a screen reader."""
    lines = (f"“{question.text}”: {question_count(question)}" for question in top.questions)
    return (
        f"{headline_questions(top)}. {'; '.join(lines)}." if top.questions else "No questions yet."
    )


def question_count(question: TopQuestion) -> str:
    times = f"{question.count:,}×"
    return f"{times}, {question.unanswered:,} unanswered" if question.unanswered else times


def headline_depth(engagement: Engagement) -> str:
    if not engagement.conversations:
        return EMPTY
    single = engagement.depths[0].conversations / engagement.conversations
    mean = engagement.questions_per_conversation
    return f"{mean:.1f} questions per conversation; {percent(single)} end after one"


def describe_depth(engagement: Engagement) -> str:
    """The conversations by length, and what else is known of how much is said."""
    if not engagement.conversations:
        return f"{EMPTY}."
    parts = [
        f"{depth_label(depth)} questions: {count_of(depth.conversations, 'conversation')}"
        for depth in engagement.depths
    ]
    if engagement.answer_characters is not None:
        parts.append(f"an answer has {engagement.answer_characters:,.0f} characters on average")
    came = f"{engagement.returned:,} of {count_of(engagement.asked, 'visitor')} wrote on two days"
    return f"{headline_depth(engagement)}. {'; '.join([*parts, came])}."


def depth_label(depth: DepthCount) -> str:
    if depth.most is None:
        return f"{depth.fewest}+"
    return str(depth.fewest) if depth.fewest == depth.most else f"{depth.fewest}–{depth.most}"


def headline_hours(engagement: Engagement) -> str:
    total = sum(engagement.hours)
    if not total:
        return EMPTY
    begin = busiest_hour(engagement.hours)
    share = sum(engagement.hours[(begin + step) % 24] for step in range(BUSY_HOURS)) / total
    end = (begin + BUSY_HOURS) % 24
    return f"Busiest from {begin:02}:00 to {end:02}:00: {percent(share)} of the questions"


def describe_hours(engagement: Engagement) -> str:
    """Every hour with questions, for a screen reader."""
    busy = [f"{hour:02}:00: {number:,}" for hour, number in enumerate(engagement.hours) if number]
    return f"{headline_hours(engagement)}. {'; '.join(busy)}." if busy else f"{EMPTY}."


def busiest_hour(hours: tuple[int, ...]) -> int:
    """The hour at which the busiest stretch of BUSY_HOURS begins; it may go past midnight."""
    sums = [sum(hours[(begin + step) % 24] for step in range(BUSY_HOURS)) for begin in range(24)]
    return sums.index(max(sums))


def count_of(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def percent(share: float) -> str:
    """ "12 %"; a share that is not quite nothing or all is not rounded to it."""
    value = share * 100
    if 0 < value < 1:
        return "under 1 %"
    return "over 99 %" if 99 < value < 100 else f"{value:.0f} %"


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def shorten(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut with an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
