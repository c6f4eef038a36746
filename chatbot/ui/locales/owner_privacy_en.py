"""The words of the owner's Privacy tab in English."""

from dataclasses import dataclass

from chatbot.ui.locales.owner_en import Words


@dataclass(frozen=True)
class OwnerPrivacyTexts:
    """Every word of the tab; pairs are a stored value and what to call it."""

    privacy: str = "Privacy"

    # What is in force
    kept: str = "How long things are kept"
    retention: str = (
        "A chat is erased {chats} after its last message, contact details and calls {contacts} "
        "after they were last needed. A contact with a call to come stays. To change this, set "
        "CHAT_RETENTION_DAYS and CONTACT_RETENTION_DAYS and restart."
    )
    effect: str = (
        "Your answers stay, and so does the money spent. In the analytics, erased chats no longer "
        "count."
    )
    visitors_page: str = "What visitors read about it"
    one_day: str = "1 day"
    days: str = "{number} days"

    # Erasing something oneself
    erase: str = "Erase somebody\u2019s data"
    search: str = "Name, e-mail address, or words from a chat"
    search_hint: str = "When somebody asks you by another way to be forgotten."
    no_match: str = "Nobody matches"
    no_match_hint: str = "Try another part of the name or of what was written."
    kinds: Words = (("contact", "Contact"), ("chat", "Conversation"))
    untitled: str = "Empty conversation"
    choose: str = "Erase\u2026"
    ask_contact: str = "Erase the contact \u201c{title}\u201d?"
    ask_chat: str = "Erase the conversation \u201c{title}\u201d?"
    contact_goes: str = (
        "Name, addresses, notes, tags, calls and e-mails go. \u201cWith their conversations\u201d "
        "takes every chat in which the contact was left as well."
    )
    chat_goes: str = "All that was said in it goes; a contact or a call that came of it stays."
    for_good: str = "It cannot be undone."
    erase_contact: str = "Erase the contact"
    erase_with_chats: str = "With their conversations"
    erase_chat: str = "Erase the conversation"
    keep: str = "Keep"
    erased: str = "Erased. Within a minute nothing of it is left on the disk."
    erased_here: str = (
        "Erased here. The copies have not heard of it yet: if this program starts on an empty disk "
        "before they have, it comes back, and has to be erased again."
    )

    # Receipts
    receipts: str = "Receipts"
    no_receipts: str = "Nothing has been erased yet"
    no_receipts_hint: str = "Each erasure leaves a receipt here: when and how much, never what."
    reasons: Words = (
        ("visitor", "By the visitor"),
        ("owner", "By you"),
        ("retention", "Kept for long enough"),
    )
    wiped: str = "Wiped from the disk"
    waiting: str = "Still being wiped"
    things: tuple[tuple[str, str, str], ...] = (
        ("chat_session", "visit", "visits"),
        ("conversation", "conversation", "conversations"),
        ("message", "message", "messages"),
        ("contact", "contact", "contacts"),
        ("question", "question", "questions"),
        ("escalation", "escalation", "escalations"),
        ("booking", "call", "calls"),
        ("job_description", "job description", "job descriptions"),
        ("email_message", "e-mail", "e-mails"),
        ("notification", "notice", "notices"),
    )
    one_other: str = "1 other entry"
    others: str = "{number} other entries"
    only_changed: str = "Taken out of what others told too"

    def in_days(self, number: int) -> str:
        """A number of days in words."""
        return self.one_day if number == 1 else self.days.format(number=number)


ENGLISH_OWNER_PRIVACY = OwnerPrivacyTexts()
