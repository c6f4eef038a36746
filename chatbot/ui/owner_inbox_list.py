"""The HTML of the inbox's list, of its keys, and of the line that says whether the owner is here.

All of it is made of escaped values, each piece one line.
"""

from chatbot.people.inbox_desk import InboxPage
from chatbot.people.presence import PresenceView
from chatbot.storage.inbox_rows import ChatRow
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_inbox_en import InboxTexts

TAB = "inbox"
# What stands where an id would, in buttons that are about no conversation.
NO_ID = 0


def presence_html(presence: PresenceView, waiting: int, texts: InboxTexts) -> str:
    """Whether visitors are told that the owner is here, the way to change it, and who waits."""
    if presence.is_away:
        state, words, hint = "away", texts.away, texts.away_hint
    elif presence.is_online:
        state, words, hint = "here", texts.here, texts.here_hint
    else:
        state, words, hint = "unseen", texts.unseen, texts.unseen_hint
    verb, label = ("here", texts.come_back) if state == "away" else ("away", texts.go_away)
    waits = {0: texts.none_waiting, 1: texts.one_waiting}.get(waiting, texts.many_waiting)
    some = "is-some" if waiting else ""
    return (
        f'<div class="inbox-here is-{state}"><p><b>{words}</b> <span>{hint}</span></p>'
        f'<p class="inbox-waiting {some}">{waits.format(number=waiting)}</p>'
        f"{markup.button(TAB, verb, NO_ID, label)}</div>"
    )


def chats_html(
    page: InboxPage, common: OwnerTexts, texts: InboxTexts, *, only: str, is_searched: bool
) -> str:
    """A page of the list; when it is empty, why."""
    if not page.chats.total:
        if is_searched or only not in ("", "all", "needs_me"):
            return markup.blank(common.no_match, common.no_match_hint)
        if only == "needs_me":
            return markup.blank(texts.all_done, texts.all_done_hint)
        return markup.blank(texts.no_chats, texts.no_chats_hint)
    rows = [chat_row(chat, texts) for chat in page.chats.items]
    return markup.with_pager(TAB, page.chats, markup.list_of(rows), common)


def chat_row(chat: ChatRow, texts: InboxTexts, *, place: str = "") -> str:
    """One conversation, a button that opens it."""
    name = f"own-{TAB}-open-{chat.id}{place and f'-in-{place}'}"
    unread = f'<span class="cc-sr">{texts.unread}: </span>' if chat.is_unread else ""
    said = markup.word_of(texts.last_said, chat.last_role) + chat.last_text
    below = f'<span class="inbox-last">{markup.line(said)}</span>' if chat.last_text else ""
    marks = "".join(_marks(chat, texts))
    return (
        f'<li><button type="button" class="own-row inbox-row{" is-unread" * chat.is_unread}" '
        f'id="{name}"><span class="own-title">{unread}{markup.line(title_of(chat, texts))}</span>'
        f'<span class="own-when">{markup.moment(chat.active_at)}</span>{below}'
        f"{marks and f'<span class=inbox-marks>{marks}</span>'}</button></li>"
    )


def title_of(chat: ChatRow, texts: InboxTexts) -> str:
    """Who it is, or else what they asked first."""
    who = ", ".join(part for part in (chat.contact, chat.company) if part)
    return who or chat.title or texts.untitled


def none_html(title: str, hint: str) -> str:
    """What stands where a conversation would."""
    return markup.blank(title, hint, "own-blank own-none")


def keys_html(texts: InboxTexts) -> str:
    """Which keys do what."""
    rows = "".join(f"<dt>{keys}</dt><dd>{what}</dd>" for keys, what in texts.key_list)
    return (
        f'<details class="inbox-keys" id="inbox-keys"><summary>{texts.keys}</summary>'
        f"<dl>{rows}</dl></details>"
    )


def _marks(chat: ChatRow, texts: InboxTexts) -> list[str]:
    marks = []
    if chat.needs_owner:
        marks.append(markup.badge("open", texts.waiting_badge))
    if chat.is_taken_over:
        marks.append(markup.badge("mine", texts.taken_over_badge))
    elif chat.escalation:
        reason = markup.word_of(texts.reasons, chat.reason)
        state = markup.word_of(texts.escalation_states, chat.escalation)
        words = reason if chat.escalation == "open" else f"{reason}: {state.lower()}"
        marks.append(markup.badge("reason", words))
    if chat.has_job:
        title = chat.job_title
        words = texts.job_badge.format(title=title) if title else texts.job_badge_plain
        marks.append(markup.badge("job", words))
    if chat.status == "closed":
        marks.append(markup.badge("closed", texts.closed))
    return marks
