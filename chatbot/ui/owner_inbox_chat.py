"""The HTML around the messages of an open conversation: its head, and who the visitor is."""

from chatbot.storage.transcripts import EscalationTimes, Job, Transcript, VisitorContact
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_inbox_en import InboxTexts
from chatbot.ui.owner_fit_html import job_sheet_html
from chatbot.ui.owner_inbox_list import NO_ID, TAB, chat_row, title_of
from chatbot.ui.owner_transcript import cost_words


def head_html(transcript: Transcript, texts: InboxTexts) -> str:
    """Who it is, how it stands, and what the owner can do; its id tells which one is open."""
    chat = transcript.chat
    live = [row for row in transcript.escalations if row.status != "resolved"]
    back = (
        f'<button type="button" class="own-button inbox-back" id="own-{TAB}-back-{chat.id}">'
        f"{texts.back}</button>"
    )
    floor = "is-owners" if chat.is_taken_over else "is-bots"
    state = markup.badge("mine", texts.has_floor) if chat.is_taken_over else ""
    waits = "".join(markup.badge("open", _reason(row, texts)) for row in live)
    return (
        f'<div class="inbox-head {floor}">{back}'
        f'<h3 class="inbox-title" id="own-{TAB}-at-{chat.id}" tabindex="-1">'
        f"{markup.line(title_of(chat, texts))}</h3>"
        f'<p class="inbox-state">{state}{waits}</p>'
        f'<p class="own-acts">{_acts(transcript, texts, is_live=bool(live))}</p></div>'
    )


def about_html(transcript: Transcript, texts: InboxTexts) -> str:
    """Everything that is known of the visitor and of the conversation."""
    parts = [
        _section(texts.escalation, [_escalation(row, texts) for row in transcript.escalations]),
        _section(texts.visitor, [_contact(row, texts) for row in transcript.contacts])
        or _section(texts.visitor, [f'<p class="own-quiet">{texts.no_contact}</p>']),
        _section(texts.job, [_job(row, texts) for row in transcript.jobs]),
        _section(texts.unanswered, [_questions(transcript, texts)] if transcript.questions else []),
        _section(texts.facts, [_facts(transcript, texts)]),
        _section(texts.other_chats, [_other_chats(transcript, texts)]),
    ]
    return f'<div class="inbox-about">{"".join(parts)}</div>'


def _acts(transcript: Transcript, texts: InboxTexts, *, is_live: bool) -> str:
    key = transcript.chat.id
    if transcript.chat.is_taken_over:
        first = markup.button(TAB, "handback", key, texts.hand_back, style="is-main")
    else:
        first = markup.button(TAB, "take", key, texts.take_over, style="is-main")
    can_resolve = is_live and not transcript.chat.is_taken_over
    resolve = markup.button(TAB, "resolve", key, texts.resolve) if can_resolve else ""
    verb, words = ("unshare", texts.unshare) if transcript.shares_facts else ("share", texts.share)
    share = markup.button(TAB, verb, key, words)
    unread = markup.button(TAB, "unread", key, texts.mark_unread)
    about = markup.button(TAB, "about", NO_ID, texts.about, style="inbox-about-button")
    return f"{first}{resolve}{share}{unread}{about}"


def _section(title: str, parts: list[str]) -> str:
    inside = "".join(part for part in parts if part)
    return f"<section><h4>{title}</h4>{inside}</section>" if inside else ""


def _reason(row: EscalationTimes, texts: InboxTexts) -> str:
    return markup.word_of(texts.reasons, row.reason)


def _escalation(row: EscalationTimes, texts: InboxTexts) -> str:
    state = markup.word_of(texts.escalation_states, row.status)
    times = (
        (texts.opened_at, row.opened_at),
        (texts.taken_at, row.taken_at),
        (texts.resolved_at, row.resolved_at),
    )
    said = ", ".join(words.format(moment=markup.moment(when)) for words, when in times if when)
    note = f'<p class="own-note">{markup.prose(row.note)}</p>' if row.note else ""
    return (
        f'<div class="inbox-card"><p class="inbox-pair"><b>{_reason(row, texts)}</b>'
        f'{markup.badge(row.status, state)}</p>{note}<p class="own-quiet">{said}</p></div>'
    )


def _contact(row: VisitorContact, texts: InboxTexts) -> str:
    consent = texts.consent_given if row.has_consented else texts.consent_missing
    proof = texts.address_confirmed if row.is_confirmed else texts.address_open
    known = markup.facts(
        [
            (texts.name, markup.line(row.name)),
            (texts.email, _link("mailto", row.email)),
            (texts.address, markup.line(proof if row.email else "")),
            (texts.phone, _link("tel", row.phone)),
            (texts.company, markup.line(row.company)),
            (texts.consent, markup.line(consent)),
        ]
    )
    link = markup.button("contacts", "open", row.id, texts.open_contact, place=TAB)
    return f'<div class="inbox-card">{known}<p>{link}</p></div>'


def _link(scheme: str, address: str) -> str:
    if not address:
        return ""
    return f'<a href="{scheme}:{markup.line(address)}">{markup.line(address)}</a>'


def _job(row: Job, texts: InboxTexts) -> str:
    title = markup.line(row.title or texts.untitled_job)
    return (
        f'<details class="inbox-job" id="inbox-job-{row.id}"><summary>{title}</summary>'
        f"{job_sheet_html(row.id, row.fit, place='about')}<p>{markup.prose(row.text)}</p></details>"
    )


def _questions(transcript: Transcript, texts: InboxTexts) -> str:
    rows = [
        f"<li><span>{markup.line(row.text)}</span>"
        f"{markup.badge(row.status, markup.word_of(texts.question_states, row.status))}</li>"
        for row in transcript.questions
    ]
    return f'<ul class="inbox-asked">{"".join(rows)}</ul>'


def _facts(transcript: Transcript, texts: InboxTexts) -> str:
    chat, cost = transcript.chat, transcript.cost_micro_usd
    channel = markup.word_of(texts.channels, chat.channel)
    return markup.facts(
        [
            (texts.began, markup.moment(chat.created_at)),
            (texts.first_seen, markup.moment(transcript.first_seen_at)),
            (texts.questions, str(chat.questions)),
            (texts.cost, "" if cost is None else cost_words(cost, texts)),
            (texts.language, markup.line(transcript.locale)),
            (texts.channel, markup.line(channel)),
            (texts.referrer, markup.line(chat.referrer_host or "")),
        ]
    )


def _other_chats(transcript: Transcript, texts: InboxTexts) -> str:
    rows = [chat_row(chat, texts, place="about") for chat in transcript.other_chats]
    return markup.list_of(rows, "own-rows own-short") if rows else ""
