"""The HTML of the delivery log: where messages go, what became of each, and of a test."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chatbot.people.channels import Fault, SendResult, find_fault
from chatbot.people.delivery_log import ChannelEntry, LogEntry, OutboxState
from chatbot.people.notification_desk import LogPage
from chatbot.storage.models import NotificationStatus
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_en import OwnerTexts

TAB = "notifications"
SERVICES_URL = "https://appriseit.com/services/"
_SAID_NO = (Fault.REFUSED, Fault.TOO_LARGE, Fault.BUSY, Fault.DOWN)
_AGES = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def channels_html(page: LogPage, texts: OwnerTexts) -> str:
    """The channels that are set up and how the outbox stands; the remedy when there is none."""
    state = " ".join(_state_words(page.state, texts))
    below = f'<p class="own-quiet">{markup.line(state)}</p>'
    if not page.channels:
        link = (
            f'<a href="{SERVICES_URL}" target="_blank" rel="noopener noreferrer">'
            f"{markup.line(texts.channel_list)}</a>"
        )
        return (
            f'<div class="own-post is-bare"><div><p class="own-lead">'
            f"{markup.line(texts.no_channel)}</p>"
            f"<p>{markup.line(texts.no_channel_hint)} {link}</p></div></div>"
        )
    names = "".join(markup.badge("channel", name) for name in page.channels)
    test = markup.button(TAB, "test", 1, texts.send_test, style="is-main")
    return (
        f'<div class="own-post"><div><p class="own-ways"><b>{markup.line(texts.channels)}</b>'
        f"{names}</p>{below}</div>{test}</div>"
    )


def tested_html(results: Mapping[str, SendResult], now: datetime, texts: OwnerTexts) -> str:
    """What every channel said to a test."""
    lines = [_test_line(name, said, texts) for name, said in results.items()]
    lines = lines or [f"<li>{markup.line(texts.test_without_channel)}</li>"]
    title = texts.tested_at.format(moment=markup.moment(now))
    return (
        f'<div class="own-told" role="status"><p class="own-quiet">{title}</p>'
        f"{markup.list_of(lines, 'own-plain')}</div>"
    )


def log_html(page: LogPage, texts: OwnerTexts, *, is_first: bool) -> str:
    """A piece of the log, with what leads to the other ones."""
    if not page.entries:
        return markup.blank(texts.no_deliveries, texts.no_deliveries_hint)
    rows = markup.list_of([_entry(entry, texts) for entry in page.entries], "own-log")
    newest = "" if is_first else markup.button(TAB, "page", 1, texts.newest)
    older = markup.button(TAB, "page", page.older, texts.older) if page.older else ""
    pager = f'<p class="own-pager">{newest}{older}</p>' if newest or older else ""
    return f'<div class="own-list">{rows}{pager}</div>'


def _state_words(state: OutboxState, texts: OwnerTexts) -> list[str]:
    age = age_words(state.oldest_pending or timedelta(0), texts)
    waits = texts.one_waits if state.pending == 1 else texts.many_wait
    failed = texts.one_failed if state.failed == 1 else texts.many_failed
    return [
        waits.format(number=state.pending, age=age) if state.pending else texts.nothing_waits,
        *([failed.format(number=state.failed)] if state.failed else []),
    ]


def age_words(age: timedelta, texts: OwnerTexts) -> str:
    """A length of time in its largest whole unit."""
    words, seconds = dict(texts.ages), age.total_seconds()
    for unit, length in _AGES:
        if seconds >= length:
            number = int(seconds // length)
            return words[unit] if number == 1 else words[f"{unit}s"].format(number=number)
    return words["moment"]


def _test_line(name: str, said: SendResult, texts: OwnerTexts) -> str:
    if said.is_sent:
        words = f"<b>{markup.line(texts.test_sent.format(channel=name))}</b>"
        return f'<li class="is-sent">{words} {markup.line(texts.test_sent_hint)}</li>'
    error = said.error or ""
    fault = find_fault(error)
    template = texts.test_refused if fault in _SAID_NO else texts.test_failed
    words = markup.line(template.format(channel=name, error=_begin_small(error)))
    return f'<li class="is-failed"><b>{words}</b> {_remedy(fault, texts)}</li>'


def _entry(entry: LogEntry, texts: OwnerTexts) -> str:
    state = _state_of(entry)
    kind = markup.word_of(texts.delivery_kinds, entry.kind)
    word = markup.word_of(texts.delivery_states, state)
    ways = [_way(way, entry, texts) for way in entry.channels]
    below = [markup.list_of(ways, "own-plain")] if ways else []
    below += [f"<p>{note}</p>" for note in _notes(entry, texts)]
    return (
        f'<li class="own-entry is-{state}"><p class="own-top"><b>{markup.line(entry.title)}</b>'
        f"{markup.badge('reason', kind)}{markup.badge(state, word)}"
        f'<span class="own-quiet">{markup.moment(entry.created_at)}</span></p>'
        f'{"".join(below)}<details class="own-said"><summary>{markup.line(texts.read_message)}'
        f"</summary><p>{markup.prose(entry.message)}</p></details></li>"
    )


def _state_of(entry: LogEntry) -> str:
    """What became of it in one word; one that did not reach every channel is not just sent."""
    is_over = entry.status == NotificationStatus.SENT
    reached = [way.status == NotificationStatus.SENT for way in entry.channels]
    return "partly" if is_over and not all(reached) else entry.status


def _way(way: ChannelEntry, entry: LogEntry, texts: OwnerTexts) -> str:
    number = way.attempts
    attempts = texts.one_attempt if number == 1 else texts.many_attempts.format(number=number)
    name = f"<b>{markup.line(way.channel)}</b>"
    if way.status == NotificationStatus.SENT and way.sent_at is not None:
        words = texts.way_sent.format(moment=markup.moment(way.sent_at), attempts=attempts)
        return f'<li class="is-sent">{name} {words}</li>'
    is_waiting = entry.status == NotificationStatus.PENDING
    words = (texts.way_pending if is_waiting else texts.way_failed).format(attempts=attempts)
    if way.last_error:
        error = texts.last_error.format(error=_begin_small(way.last_error))
        words = f"{words}. {markup.line(error)} {_remedy(find_fault(way.last_error), texts)}"
    return f'<li class="is-failed">{name} {words}</li>'


def _notes(entry: LogEntry, texts: OwnerTexts) -> list[str]:
    match entry.status:
        case NotificationStatus.PENDING if entry.next_attempt_at is not None:
            return [texts.next_try.format(moment=markup.moment(entry.next_attempt_at))]
        case NotificationStatus.GATHERED:
            return [markup.line(texts.in_digest)]
        case NotificationStatus.SKIPPED:
            return [markup.line(texts.had_no_channel)]
    return []


def _remedy(fault: Fault, texts: OwnerTexts) -> str:
    return markup.line(markup.word_of(texts.fault_remedies, fault))


def _begin_small(words: str) -> str:
    return words[:1].lower() + words[1:]
