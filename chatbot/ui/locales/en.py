"""The words of the page in English; `{name}` is the owner's first name."""

from dataclasses import dataclass

from chatbot.people.notices import Notice


@dataclass(frozen=True)
class Texts:
    """Every word that the server puts on the page."""

    # The frame of the page
    page_title: str = "{owner}: ask my AI stand-in"
    page_description: str = "Ask about {owner}'s work and get sourced answers, or reach {name}."
    talk: str = "Talk to {name}"
    new_chat: str = "New chat"
    earlier_chats: str = "Your earlier chats"
    untitled_chat: str = "Empty chat"
    menu: str = "Menu"
    book_call: str = "Book a call"
    fit_sheet: str = "Fit sheet"
    other_device: str = "Continue on another device"
    return_link: str = "Open this address on the other device. It works once, for 24 hours:"
    verify_email: str = "Confirm your e-mail address"
    links: str = "Elsewhere"

    # The opening
    hello: str = "Ask me about {name}\u2019s work"
    who: str = "I am {name}\u2019s AI stand-in. I may be wrong, and {name} reads this chat."
    stored: str = "This chat is stored here{retention}{provider}."
    stored_provider: str = ", and sent to {host} to be answered"
    limited_opening: str = "No model is connected: answers are passages from {name}\u2019s profile."
    empty_profile: str = "There is nothing to answer from yet"

    # Writing
    message: str = "Message"
    placeholder: str = "Ask about {name}\u2019s work\u2026"
    send: str = "Send"
    stop: str = "Stop"
    note: str = "AI stand-in, may be wrong. {name} reads this chat."
    your_data: str = "Your data"
    editing: str = "You are changing an earlier message. What followed it will be replaced."
    cancel: str = "Cancel"
    offline: str = "No connection. Trying again\u2026"
    failed_to_send: str = "That did not reach us. Please try again."
    far_too_long: str = "This is too long to be sent. Please shorten it."
    opening: str = "The page is still opening. Please send again in a second."

    # Messages
    log: str = "Chat"
    sources: str = "Sources"
    source_number: str = "Source {number}"
    copy: str = "Copy"
    copied: str = "Copied"
    edit: str = "Edit"
    retry: str = "Retry"
    go_on: str = "Continue"
    good: str = "Good answer"
    poor: str = "Poor answer"
    what_was_wrong: str = "What was wrong? (optional)"
    reasons: tuple[str, ...] = ("Not correct", "Not what I asked", "Too vague")
    save_reason: str = "Save"
    thanks: str = "Thank you. {name} will see this."
    limited: str = "Limited mode"
    limited_hint: str = "Answered from the profile, without a model"
    thinking: str = "Thinking"
    interrupted: str = "The answer was cut short."
    stopped: str = "You stopped this answer."
    taken_over: str = "A person took over from here."
    restarted: str = "The answer was cut short by a restart."
    too_long: str = "This answer reached its length limit."
    failed: str = "This answer could not be finished."
    earlier: str = "Show earlier messages"

    # The tabs
    chat_tab: str = "Chat"
    contact_tab: str = "Contact"
    human_tab: str = "Talk to a human"
    back_to_chat: str = "Back to the chat"

    # The contact form
    contact_heading: str = "Leave your details"
    contact_intro: str = "They go straight to {name}. Only your e-mail address is needed."
    email: str = "E-mail"
    email_help: str = "Where {name} can answer you."
    phone: str = "Phone (optional)"
    phone_help: str = "With the country code: +44 20 7183 8750."
    full_name: str = "Name (optional)"
    full_name_help: str = "How {name} should address you."
    company: str = "Company (optional)"
    company_help: str = "Who you are asking for."
    contact_message: str = "Message (optional)"
    contact_message_help: str = "What it is about: a role, a project, a date that would suit you."
    consent: str = "{name} may contact me about this"
    consent_help: str = "Without this, {name} can read what you wrote but not answer it."
    unseen: str = "Please leave this empty"
    send_contact: str = "Send to {name}"
    contact_done: str = "Thank you. {name} has your details."
    contact_next: str = "{name} can write to {email} about this."
    contact_next_unasked: str = (
        "You did not agree to be contacted, so {name} will only read what you wrote. "
        "To change that, tick the box and send again."
    )
    change_contact: str = "Change or add something"
    rather_human: str = "Would you rather talk? <a>Ask {name} to join the chat</a>"

    # Talking to the owner
    human_heading: str = "Talk to {name}"
    not_here: str = "{name} is not in this chat right now"
    is_here: str = "{name} is here now"
    is_in_chat: str = "{name} is in this chat now"
    in_chat_next: str = "What you write there reaches {name} directly."
    answers_now: str = "{name} is here now and can join in a moment."
    is_away: str = "{name} is away at the moment."
    within_hours: str = "{name} usually answers within working hours, which are now."
    next_hours: str = "{name} usually answers within working hours; next: {time}."
    leave_email: str = "Leave an e-mail address to get the answer there."
    time_of: str = "({zone} time)"
    your_time: str = "(your time)"
    weekdays: tuple[str, ...] = (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    )
    told: str = "{name} has been told at {time}"
    taken: str = "{name} has seen that you asked at {time}"
    told_next: str = "What {name} writes appears in the chat. You can go on asking there meanwhile."
    human_steps_heading: str = "When you ask"
    human_steps: tuple[str, ...] = (
        "{name} is notified at once.",
        "{name} can join the chat. The answer appears there, also when you come back later.",
        "If you leave an e-mail address, {name} can answer there instead.",
    )
    human_note: str = "What is it about? (optional)"
    human_note_help: str = "{name} can also read the chat so far, so a line is enough."
    human_email: str = "E-mail (optional)"
    human_email_help: str = "Only if you would like the answer by e-mail."
    ask_human: str = "Ask {name} to join"
    add_to_request: str = "Send this to {name} as well"
    add_more: str = "Add a note or an e-mail address"
    rather_contact: str = "Not in a hurry? <a>Leave your details</a>"

    # The owner in the chat
    joined: str = "{name} has joined."
    left: str = "{name} has left. The AI stand-in answers again."
    in_person: str = "in person"
    write_to: str = "Write to {name}\u2026"
    note_human: str = "The AI stand-in is silent while {name} is here."
    typing: str = "{name} is typing\u2026"
    with_owner: str = "{name} is in this chat and answers in person."

    # The state of the chat
    escalated: str = "{name} has been told and can answer here. You can go on asking meanwhile."
    ended: str = "This chat was closed after a while without activity. Write to resume it."
    limited_banner: str = "Limited mode: answers are passages from {name}\u2019s profile."
    limit_kept: str = "What you typed is still here."
    limit_over: str = "You can go on now. What you typed is still here."
    unexpected: str = "Something went wrong on our side. Please try again."
    reference: str = "{words} (Reference {id})"

    # The owner's area
    owner: str = "Owner"
    owner_area: str = "Owner\u2019s area"
    sign_in_title: str = "Sign in: {owner}"
    password: str = "Password"
    sign_in: str = "Sign in"
    sign_in_hugging_face: str = "Sign in with Hugging Face"
    not_durable: str = "Your data is not safe at the moment: {reason}."
    signed_in: str = "Signed in {who}, until {until} at the latest."
    by_password: str = "by password"
    by_user: str = "as {name}"
    sign_out: str = "Sign out"
    sign_out_everywhere: str = "Sign out everywhere"

    def ending(self, status: str, error: str | None) -> str:
        """Why an answer ended early, for the engine's code of it."""
        if status == "failed":
            return self.failed
        known = {
            "stopped": self.stopped,
            "restart": self.restarted,
            "length": self.too_long,
            "taken_over": self.taken_over,
        }
        return known.get(error or "", self.interrupted)

    def notice(self, content: str) -> str:
        """The words of a notice; what is stored as a code has `{name}` in them, to be filled."""
        known = {Notice.JOINED: self.joined, Notice.LEFT: self.left}
        return known[Notice(content)] if content in set(Notice) else _unfillable(content)


def _unfillable(words: str) -> str:
    return words.replace("{", "{{").replace("}", "}}")


ENGLISH = Texts()
