"""The words of the pages around calls in English; `{name}` is the owner's first name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CallTexts:
    """Every word on the pages where a call is booked, moved and cancelled."""

    title: str = "Book a call with {name}"
    book: str = "Book a call"
    intro: str = (
        "{minutes} minutes with {name}. Choose a time; it is held for you while you confirm."
    )
    zone: str = "Times are in {zone}."
    change_zone: str = "Change time zone"
    zone_label: str = "Your time zone"
    show_times: str = "Show times"
    one_time: str = "1 time"
    many_times: str = "{count} times"
    no_times: str = "No time is free at the moment"
    no_times_hint: str = (
        "Leave your details in the chat\u2019s Contact tab, and {name} can suggest one."
    )
    your_calls: str = "You have a call on"
    held: str = "Held for you until {until}"
    held_left: str = "Time left"
    hold_over: str = "The hold has run out. You can still book it if nobody else took it."
    full_name: str = "Your name"
    email: str = "E-mail"
    email_help: str = "{name} tells you there how the call takes place."
    topic: str = "What is it about? (optional)"
    topic_help: str = "A role, a project, a question."
    consent: str = "{name} may contact me about other things too"
    consent_help: str = "Without this, {name} uses your address for this call only."
    confirm: str = "Book this call"
    other_time: str = "Choose another time"
    booked: str = "Your call is booked"
    your_call: str = "Your call with {name}"
    moved: str = "Your call has a new time"
    cancelled: str = "This call was cancelled"
    cancelled_hint: str = "The time is free again, and {name} knows."
    over: str = "This call is over"
    booked_next: str = "{name} knows, and tells you at {email} how the call takes place."
    mailed: str = "A confirmation is on its way to {email}."
    not_mailed: str = (
        "This page sends no e-mail. Save the calendar file and keep this page\u2019s address: it "
        "brings you back to your call."
    )
    save_file: str = "Add to your calendar"
    keep_link: str = "Keep this link"
    keep_link_help: str = "Whoever has it can move or cancel the call."
    move: str = "Move to another time"
    cancel: str = "Cancel the call"
    cancel_sure: str = "The time is given back at once. {name} is told."
    cancel_yes: str = "Yes, cancel it"
    move_title: str = "Choose a new time"
    move_from: str = "Now: {when}"
    move_sure: str = "Move the call?"
    move_to: str = "New: {when}"
    move_yes: str = "Yes, move it"
    keep: str = "Keep it as it is"
    back: str = "Back to the chat"
    not_found: str = "There is nothing here"
    not_found_hint: str = "The link may be incomplete, or what it led to is gone."
    elsewhere: str = "{name} takes bookings in another calendar."
    elsewhere_link: str = "Open the calendar"

    # Proof of an address
    verify: str = "Confirm your e-mail address"
    verify_intro: str = (
        "{name} then knows that it is yours. A code of six digits is sent to {email}."
    )
    send_code: str = "Send the code"
    code_sent: str = "The code is on its way to {email}. It is good for 10 minutes."
    code: str = "Code"
    check_code: str = "Confirm"
    send_again: str = "Send a new code"
    verified: str = "{email} is confirmed."
    nothing_to_verify: str = "There is no address to confirm."

    # A chat on another device
    return_title: str = "Open your chat here"
    return_hint: str = (
        "This link opens the chat on this device, once. A chat that was opened here before is then "
        "no longer listed on this device."
    )
    return_yes: str = "Open my chat"


ENGLISH_CALLS = CallTexts()
