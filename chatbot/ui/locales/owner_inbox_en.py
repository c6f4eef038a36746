"""The words of the owner's inbox in English."""

from dataclasses import dataclass

from chatbot.ui.locales.owner_en import QUESTION_STATES, Words


@dataclass(frozen=True)
class InboxTexts:
    """Every word of the inbox; pairs are a stored value and what to call it."""

    inbox: str = "Inbox"

    # Whether the owner is here
    here: str = "You are online"
    here_hint: str = "Visitors see that you are here."
    away: str = "You are away"
    away_hint: str = "Visitors see that you are away, and when to expect you."
    unseen: str = "Not seen lately"
    unseen_hint: str = "Visitors see when to expect you."
    go_away: str = "Set to away"
    come_back: str = "Set to online"
    none_waiting: str = "Nobody waits for you"
    one_waiting: str = "1 conversation needs you"
    many_waiting: str = "{number} conversations need you"

    # The list
    search: str = "Search messages and people"
    show: str = "Show"
    filters: Words = (
        ("all", "All"),
        ("needs_me", "Needs me"),
        ("escalated", "Escalated"),
        ("contact", "Contact"),
        ("job", "Job"),
        ("today", "Today"),
    )
    no_chats: str = "No conversations yet"
    no_chats_hint: str = "Share the link to your page. Each chat appears here as it happens."
    all_done: str = "Nothing needs you"
    all_done_hint: str = "Visitors who ask for you, and who wait for your answer, appear here."
    unread: str = "Unread"
    last_said: Words = (("user", ""), ("assistant", "Stand-in: "), ("owner", "You: "))
    waiting_badge: str = "Waits for you"
    taken_over_badge: str = "You have it"
    job_badge: str = "Job: {title}"
    job_badge_plain: str = "Job description"
    closed: str = "Closed"
    untitled: str = "Nothing written yet"
    keys: str = "Keyboard"
    key_list: tuple[tuple[str, str], ...] = (
        ("j k \u2193 \u2191", "Move in the list"),
        ("Enter", "Open"),
        ("r", "Reply"),
        ("u", "Mark unread"),
        ("Esc", "Back"),
        ("?", "These keys"),
    )

    # One conversation
    choose: str = "Choose a conversation"
    choose_hint: str = "Read it here, take it over, answer, and hand it back."
    gone: str = "This conversation is gone"
    gone_hint: str = "It may have been erased at the visitor's wish."
    back: str = "Inbox"
    about: str = "About"
    take_over: str = "Take over"
    hand_back: str = "Hand back"
    resolve: str = "Resolve"
    mark_unread: str = "Mark unread"
    earlier: str = "Show earlier messages"
    no_messages: str = "The visitor has written nothing yet."
    typing: str = "The visitor is typing\u2026"
    taken: str = "You have the chat. Your stand-in is silent."
    handed_back: str = "Your stand-in has the chat again."
    resolved: str = "Resolved."
    marked_unread: str = "Marked as unread."
    set_away: str = "You are shown as away."
    set_here: str = "You are shown as online."
    nothing_to_do: str = "This cannot be done here. Load the page again."
    reply: str = "Reply to the visitor"
    reply_hint: str = "Reply\u2026"
    send: str = "Send"
    send_hint: str = "Enter sends, Shift and Enter make a new line."
    takes_over: str = "Sending takes the chat over: your stand-in goes silent."
    has_floor: str = "You have this chat."
    roles: Words = (
        ("user", "Visitor"),
        ("assistant", "Stand-in"),
        ("owner", "You"),
        ("notice", "Notice"),
    )
    notices: Words = (
        ("notice:joined", "You joined the chat"),
        ("notice:left", "Your stand-in has the chat again"),
    )
    replaced: str = "Replaced by the visitor"
    limited: str = "Limited mode"
    share: str = "Share private facts"
    unshare: str = "Stop sharing"
    facts_shared: str = "Your stand-in may now tell this visitor what you share on request."
    facts_not_shared: str = "Your stand-in no longer tells this visitor what you share on request."
    withheld: str = "Not shown to the visitor, because your records do not say it:"
    confidence: str = "Confidence {percent} %"
    rated_up: str = "Good answer"
    rated_down: str = "Poor answer"
    rated_because: str = "Poor answer: {reason}"
    sources: str = "Sources: {labels}"
    ran: str = "Ran {tool}"
    tokens: str = "{read} tokens in, {written} out"
    better: str = "Better answer"
    states: Words = (
        ("streaming", "Being written"),
        ("interrupted", "Cut short"),
        ("failed", "Failed"),
    )
    errors: Words = (("taken_over", "you took over"), ("stopped", "stopped by the visitor"))
    ended_by: str = "{state} ({error})"

    # About the visitor
    visitor: str = "Visitor"
    unnamed: str = "Unnamed visitor"
    no_contact: str = "No contact details left yet."
    name: str = "Name"
    email: str = "E-mail"
    phone: str = "Phone"
    company: str = "Company"
    address: str = "Address"
    address_confirmed: str = "Confirmed by a code, by this visitor"
    address_open: str = "Not confirmed: anybody can type an address"
    consent: str = "Consent"
    consent_given: str = "May be contacted"
    consent_missing: str = "Did not agree to be contacted"
    open_contact: str = "Open contact"
    job: str = "Job description"
    untitled_job: str = "Without a title"
    escalation: str = "Escalation"
    reasons: Words = (
        ("requested", "Asked for you"),
        ("keyword", "Asked for a human"),
        ("low_confidence", "Unsure answers"),
        ("technical", "Technical trouble"),
        ("complaint", "Complaint"),
        ("urgent", "Urgent"),
    )
    escalation_states: Words = (
        ("open", "Open"),
        ("taken", "Taken"),
        ("resolved", "Resolved"),
    )
    opened_at: str = "Asked {moment}"
    taken_at: str = "taken {moment}"
    resolved_at: str = "resolved {moment}"
    unanswered: str = "Could not be answered"
    question_states: Words = QUESTION_STATES
    facts: str = "Conversation"
    began: str = "Began"
    first_seen: str = "First seen"
    questions: str = "Messages"
    cost: str = "Cost"
    free: str = "free"
    next_to_nothing: str = "under $0.0001"
    language: str = "Language"
    channel: str = "By"
    channels: Words = (
        ("page", "Your page"),
        ("widget", "Widget"),
        ("api", "API"),
        ("mcp", "Another agent"),
    )
    referrer: str = "Came from"
    other_chats: str = "Other conversations"


ENGLISH_INBOX = InboxTexts()
