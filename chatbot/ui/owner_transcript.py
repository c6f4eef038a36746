"""The messages of a conversation as the owner reads them, each with what is known of it."""

from chatbot.storage.transcripts import Transcript, TranscriptMessage
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_inbox_en import InboxTexts
from chatbot.ui.owner_inbox_list import TAB

# `Takeover.say` stores the owner's messages under the page's id with this before it.
_OWNER_KEY = "owner:"
_DECIMALS = ((0.1, 2), (0.01, 3))


def transcript_html(transcript: Transcript, steps: int, texts: InboxTexts) -> str:
    """All messages that are shown, oldest first; `steps` is how far back the owner has gone."""
    earlier = markup.button(TAB, "earlier", steps + 1, texts.earlier)
    above = f'<p class="inbox-earlier">{earlier}</p>' if transcript.has_earlier else ""
    messages = "".join(_message(message, texts) for message in transcript.messages)
    none = f'<p class="own-quiet">{texts.no_messages}</p>'
    return f'<div class="own-talk">{above}{messages or none}</div>'


def cost_words(micro_usd: int, texts: InboxTexts) -> str:
    """Millionths of a dollar with the digits that matter: "$1.25", "$0.012", "$0.0012", "free"."""
    if micro_usd == 0:
        return texts.free
    if micro_usd < 100:
        return texts.next_to_nothing
    dollars = micro_usd / 1_000_000
    decimals = next((places for floor, places in _DECIMALS if dollars >= floor), 4)
    return f"${dollars:,.{decimals}f}"


def _message(message: TranscriptMessage, texts: InboxTexts) -> str:
    if message.role == "notice":
        words = markup.line(markup.word_of(texts.notices, message.text))
        return f'<p class="inbox-notice">{words} · {markup.moment(message.created_at)}</p>'
    names = ["own-msg", f"is-{message.role}", *(["is-replaced"] if message.is_replaced else [])]
    role = markup.word_of(texts.roles, message.role)
    gone = markup.badge("replaced", texts.replaced) if message.is_replaced else ""
    text = f'<div class="own-text">{markup.prose(message.text)}</div>' if message.text else ""
    text += _withheld(message, texts)
    return (
        f'<div class="{" ".join(names)}"><p class="own-by"><b>{role}</b>'
        f"{markup.moment(message.created_at)}{gone}</p>{text}{_below(message, texts)}"
        f"{_arrived(message)}</div>"
    )


def _below(message: TranscriptMessage, texts: InboxTexts) -> str:
    """What is known of a message, its rating, and the way to correct an answer."""
    notes = [_ending(message, texts), texts.limited if message.limited else ""]
    if message.confidence is not None:
        notes.append(texts.confidence.format(percent=round(message.confidence * 100)))
    labels = [str(citation.get("label", "")) for citation in message.citations]
    if labels:
        notes.append(texts.sources.format(labels="; ".join(dict.fromkeys(labels))))
    notes += [texts.ran.format(tool=tool) for tool in message.tools]
    notes.append(_price(message, texts))
    shown = "".join(f"<span>{markup.line(note)}</span>" for note in notes if note)
    inside = f"{shown}{_feedback(message, texts)}{_better(message, texts)}"
    return f'<div class="own-known">{inside}</div>' if inside else ""


def _withheld(message: TranscriptMessage, texts: InboxTexts) -> str:
    """What the model said and the visitor was not shown."""
    if not message.withheld:
        return ""
    lines = "".join(f"<li>{markup.line(text)}</li>" for text in message.withheld)
    return f'<div class="inbox-withheld"><b>{texts.withheld}</b><ul>{lines}</ul></div>'


def _price(message: TranscriptMessage, texts: InboxTexts) -> str:
    """What the model took for it, as far as that is known."""
    read, written, cost = message.prompt_tokens, message.completion_tokens, message.cost_micro_usd
    is_counted = read is not None and written is not None
    parts = [
        message.model or "",
        texts.tokens.format(read=f"{read:,}", written=f"{written:,}") if is_counted else "",
        "" if cost is None else cost_words(cost, texts),
    ]
    return ", ".join(part for part in parts if part)


def _ending(message: TranscriptMessage, texts: InboxTexts) -> str:
    state = dict(texts.states).get(message.status, "")
    if state and message.error:
        error = markup.word_of(texts.errors, message.error)
        return texts.ended_by.format(state=state, error=error)
    return state


def _feedback(message: TranscriptMessage, texts: InboxTexts) -> str:
    if message.feedback == "up":
        return markup.badge("up", texts.rated_up)
    if message.feedback == "down":
        reason = message.feedback_reason
        words = texts.rated_because.format(reason=reason) if reason else texts.rated_down
        return markup.badge("down", words)
    return ""


def _better(message: TranscriptMessage, texts: InboxTexts) -> str:
    """The page's script tells of its click as `careerowner:better`, with the message's id."""
    is_answer = message.role == "assistant" and not message.is_replaced and message.text
    if not is_answer or message.status == "streaming":
        return ""
    return markup.button(TAB, "better", message.id, texts.better, style="inbox-better")


def _arrived(message: TranscriptMessage) -> str:
    """A mark by which the page's script knows that what was typed has been stored."""
    sent_as = (message.client_message_id or "").removeprefix(_OWNER_KEY)
    if message.role != "owner" or not sent_as.replace("-", "").isalnum():
        return ""
    return f'<i class="inbox-said" id="said-{sent_as}"></i>'
