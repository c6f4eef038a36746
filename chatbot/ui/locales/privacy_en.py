"""What visitors are told about their data, in English; `{name}` is the owner's first name."""

from dataclasses import dataclass

Section = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class PrivacyTexts:
    """Every word of the dialog, of the page about privacy, and of the file to take along."""

    one_day: str = "1 day"
    days: str = "{number} days"
    kept_for: str = "for {days}"

    # The dialog
    intro: str = (
        "What you write here is kept so that {name} can answer you: chats for {chat_days} after "
        "the last message, contact details for {contact_days} after they were last needed."
    )
    more: str = "What is kept, and who sees it"
    download: str = "Download everything"
    download_hint: str = "A ZIP file with a page to read and a file for programs."
    delete: str = "Delete everything"
    delete_hint: str = "Your chats, contact details, questions and calls."
    confirm: str = "Delete everything about you?"
    confirm_hint: str = (
        "This deletes your chats, the contact details you left, your questions to {name} and every "
        "call you booked. It cannot be undone."
    )
    confirm_note: str = "An e-mail address that somebody else left here too stays as theirs."
    yes_delete: str = "Delete for good"
    keep: str = "Keep it"
    deleting: str = "Deleting\u2026"
    preparing: str = "Preparing your file\u2026"
    downloaded: str = "The file is in your downloads."
    deleted: str = "Everything is deleted"
    deleted_hint: str = "This browser has forgotten it too. You can start afresh at any time."
    start_afresh: str = "Start a new chat"
    failed: str = "That did not work. Please try again in a moment."
    close: str = "Close"

    # The page
    page_title: str = "Privacy: {owner}"
    heading: str = "What happens to your data"
    about: str = "This page answers for {owner}. An AI writes the answers, and {name} reads along."
    kept: Section = (
        "What is kept",
        (
            "What you write, the answers to it and when that was; how you rate answers; what you "
            "type into forms; job descriptions that you paste; calls that you book; e-mails that "
            "were sent to you.",
            "The name of the site that led you here, and your browser\u2019s language.",
            "Your network address is not stored. A code made of it is, under a key that exists in "
            "memory only and changes every day: it cannot be turned back into the address.",
        ),
    )
    browser: Section = (
        "In your browser",
        (
            "One entry in this site\u2019s storage, by which your browser is recognised as the one "
            "that wrote your chats, and a draft that you have not sent. No cookies, and nothing is "
            "loaded from other sites.",
        ),
    )
    how_long: str = "How long"
    chats_for: str = "A chat is erased {days} after its last message."
    contacts_for: str = (
        "Contact details and calls are erased {days} after they were last needed; contact details "
        "with a call to come stay until it is over."
    )
    who: str = "Who sees it"
    owner_reads: str = "{name} reads the chats and what you leave in forms."
    provider: str = (
        "To be answered, your messages are sent to {host}, with the earlier ones of the chat."
    )
    no_provider: str = (
        "No AI company gets your messages: the answers are made on {name}\u2019s side."
    )
    pushed: str = (
        "When you leave your details, ask for {name} or ask something that cannot be answered, a "
        "short notice of it is sent to {name} through a notification service."
    )
    mailed: str = "E-mails to you are sent through a mail service."
    copied: str = (
        "A copy of all this is kept in another place that is {name}\u2019s own, in case this "
        "machine is lost. What is deleted is gone from the copy within a day."
    )
    rights: Section = (
        "What you can do",
        (
            "Under \u201cYour data\u201d on the chat page you can download everything that is held "
            "about you, and delete it for good. Nobody has to agree first.",
            "Deleted data is gone from this page\u2019s database at once, and from its files on "
            "the disk within a minute. What remains is a receipt without content: when, and how "
            "many entries.",
            "Notices and e-mails that were sent before cannot be called back, and what was sent to "
            "be answered is kept there by that company\u2019s own rules.",
            "An e-mail address that somebody else left here too stays as theirs, unless you have "
            "confirmed that it is yours. What {name} has written as an answer stays {name}\u2019s "
            "own knowledge, with the question as {name} worded it, and without you.",
        ),
    )

    back: str = "Back to the chat"

    # The file to take along
    file_name: str = "my-chat-data.zip"
    file_heading: str = "Everything that is held about you"
    file_intro: str = (
        "By the page of {owner}, on {moment} UTC. The file data.json beside this one holds the "
        "same for programs."
    )
    chats: str = "Your chats"
    contacts: str = "Your contact details"
    calls: str = "Calls"
    emails: str = "E-mails to you"
    jobs: str = "Job descriptions"
    questions: str = "Questions passed on"
    escalations: str = "Requests to talk to {name}"
    notices: str = "Notices to {name} about you"
    visit: str = "Your visit"
    tools: str = "What the assistant did"
    codes: str = "Codes that confirm an address"
    links: str = "What you told of a contact in which chat"
    untitled: str = "Chat without a title"
    nothing: str = "Nothing."
    roles: tuple[tuple[str, str], ...] = (
        ("user", "You"),
        ("assistant", "Assistant"),
        ("owner", "{name}"),
        ("notice", "Notice"),
    )

    def in_days(self, number: int) -> str:
        """A number of days in words."""
        return self.one_day if number == 1 else self.days.format(number=number)


ENGLISH_PRIVACY = PrivacyTexts()
