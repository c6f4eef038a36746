"""The words of the owner's area in English."""

from dataclasses import dataclass

Words = tuple[tuple[str, str], ...]


QUESTION_STATES: Words = (
    ("open", "Open"),
    ("answered", "Answered"),
    ("dismissed", "Dismissed"),
)


@dataclass(frozen=True)
class OwnerTexts:
    """Every word of the owner's tabs; pairs are a stored value and what to call it."""

    areas: str = "Parts of the owner's area"
    contacts: str = "Contacts"
    analytics: str = "Analytics"
    notifications: str = "Notifications"

    # Lists
    show: str = "Show"
    all: str = "All"
    range: str = "{first} to {last} of {total}"
    previous_page: str = "Previous"
    next_page: str = "Next"
    back: str = "Back to the list"
    loading: str = "Loading\u2026"
    no_match: str = "Nothing matches"
    no_match_hint: str = "Try other words or another filter."
    sign_in: str = "Sign in"
    unnamed: str = "Unnamed visitor"
    read_chat: str = "Read the conversation"
    saved: str = "Saved."

    question_states: Words = QUESTION_STATES

    # Contacts
    search_contacts: str = "Search contacts"
    contact_states: Words = (
        ("new", "New"),
        ("contacted", "Contacted"),
        ("in_talks", "In talks"),
        ("closed", "Closed"),
        ("junk", "Junk"),
    )
    no_contacts: str = "No contacts yet"
    no_contacts_hint: str = "Whoever leaves an e-mail address or a phone number appears here."
    choose_contact: str = "Choose a contact"
    choose_contact_hint: str = "Details, notes and conversations are shown here."
    download_contacts: str = "Download all as CSV"
    email: str = "E-mail"
    phone: str = "Phone"
    company: str = "Company"
    left_at: str = "First left"
    consent: str = "Consent"
    consent_given: str = "Agreed to be contacted"
    consent_missing: str = "Did not agree to be contacted"
    notes: str = "Notes"
    save: str = "Save"

    # Conversations, as other tabs list them
    untitled: str = "Empty conversation"
    one_question: str = "1 question"
    many_questions: str = "{number} questions"

    # Notifications
    channels: str = "You are told through"
    no_channel: str = "No channel is set up"
    no_channel_hint: str = (
        "You are told of contacts and questions on this page only. Put an Apprise address into "
        "NOTIFY_URLS (Telegram, Slack, ntfy, e-mail and others), or set PUSHOVER_USER and "
        "PUSHOVER_TOKEN, and restart."
    )
    channel_list: str = "Addresses of all services"
    send_test: str = "Send me a test"
    sending_test: str = "Sending a test\u2026"
    tested_at: str = "Test of {moment}"
    test_sent: str = "Sent to {channel}."
    test_sent_hint: str = (
        "The service has taken it; when it does not appear, look into its own app."
    )
    test_refused: str = "Refused by {channel}: {error}."
    test_failed: str = "Not sent to {channel}: {error}."
    test_without_channel: str = "Nothing was sent: no channel is set up."
    nothing_waits: str = "Nothing is waiting to be sent."
    one_waits: str = "1 message is still on its way, for {age}."
    many_wait: str = "{number} messages are still on their way, the oldest for {age}."
    one_failed: str = "1 message was not delivered."
    many_failed: str = "{number} messages were not delivered."
    ages: Words = (
        ("moment", "less than a minute"),
        ("minute", "1 minute"),
        ("minutes", "{number} minutes"),
        ("hour", "1 hour"),
        ("hours", "{number} hours"),
        ("day", "1 day"),
        ("days", "{number} days"),
    )
    delivery_status: str = "Status"
    delivery_filters: Words = (
        ("", "All"),
        ("sent", "Delivered"),
        ("pending", "Waiting"),
        ("failed", "Not delivered"),
    )
    delivery_states: Words = (
        ("sent", "Delivered"),
        ("partly", "Partly delivered"),
        ("pending", "Waiting"),
        ("failed", "Not delivered"),
        ("gathered", "In a digest"),
        ("skipped", "Not sent"),
    )
    delivery_kinds: Words = (
        ("contact", "Contact"),
        ("escalation", "Escalation"),
        ("question", "Question"),
        ("budget", "Budget"),
        ("provider", "Provider"),
        ("digest", "Digest"),
        ("daily", "Summary of the day"),
        ("test", "Test"),
    )
    way_sent: str = "delivered {moment}, {attempts}"
    way_pending: str = "not delivered yet, {attempts}"
    way_failed: str = "not delivered, {attempts}"
    last_error: str = "Last error: {error}."
    one_attempt: str = "1 attempt"
    many_attempts: str = "{number} attempts"
    next_try: str = "Next try {moment}."
    in_digest: str = "Many came at once: it was sent in one message with others."
    had_no_channel: str = "No channel was set up at that time."
    read_message: str = "What it says"
    fault_remedies: Words = (
        (
            "refused",
            "Its key or address is probably wrong: check it in NOTIFY_URLS, or PUSHOVER_USER and "
            "PUSHOVER_TOKEN, and restart.",
        ),
        ("too_large", "The service takes only shorter messages."),
        (
            "busy",
            "The service wants a pause. If this stays, its limit of messages may be used up.",
        ),
        ("down", "The service has trouble of its own: there is nothing to do but wait."),
        (
            "slow",
            "The service is slow or cannot be reached from here: wait, or check the connection.",
        ),
        ("inside", "This is a fault of the program: the log has the details."),
        (
            "unknown",
            "Check that this machine reaches the internet, and the channel's address in "
            "NOTIFY_URLS.",
        ),
    )
    no_deliveries: str = "Nothing here yet"
    no_deliveries_hint: str = (
        "Each message about a contact, an escalation, a question, the budget or the provider is "
        "listed here, with what became of it."
    )
    newest: str = "Latest"
    older: str = "Older"


ENGLISH_OWNER = OwnerTexts()
