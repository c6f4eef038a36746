"""The words of the owner's tab of calls in English."""

from dataclasses import dataclass

from chatbot.ui.locales.owner_en import Words


@dataclass(frozen=True)
class OwnerCallTexts:
    """Every word of the tab; pairs are a value and what to call it."""

    calls: str = "Calls"
    which: str = "Show"
    choices: Words = (("upcoming", "Upcoming"), ("past", "Past"))
    states: Words = (("booked", "Booked"), ("cancelled", "Cancelled"))
    none: str = "No calls here"
    none_hint: str = "Calls that visitors book appear here, and you are notified of each."
    for_them: str = "For the visitor: {when}"
    open_contact: str = "Contact"
    save_file: str = "Calendar file"
    cancel: str = "Cancel the call"
    cancel_mailed: str = "The visitor gets an e-mail that it does not take place."
    cancel_unmailed: str = "No e-mail is sent: write to {email} yourself."
    cancel_yes: str = "Yes, cancel it"
    cancelled_mailed: str = "Cancelled. The visitor is being written to."
    cancelled_unmailed: str = "Cancelled. No e-mail is sent: write to the visitor yourself."

    setup: str = "How calls are set up"
    setup_off: str = "Calls cannot be booked: CALL_HOURS names no hours."
    setup_elsewhere: str = (
        "Visitors are sent to {url} (CALENDAR_URL). Calls booked there are not shown here."
    )
    setup_hours: str = "{hours}, {zone}"
    setup_length: str = "{minutes} minutes, {buffer} minutes free before and after"
    setup_notice: str = "{notice} hours ahead at least, {days} days at most"
    setup_mail_on: str = "Visitors are written to when a call is booked, moved or cancelled."
    setup_mail_off: str = (
        "No e-mail is sent to visitors: they get the calendar file and a link on the page. Set "
        "EMAIL_URL to write to them."
    )
    setup_change: str = (
        "Change it with CALL_HOURS, TIME_ZONE, CALL_MINUTES, CALL_BUFFER_MINUTES, "
        "CALL_NOTICE_HOURS and CALL_DAYS_AHEAD, then restart."
    )
    hours: str = "Hours"
    length: str = "Length"
    ahead: str = "Ahead"
    mail: str = "E-mail"
    page: str = "Page to share"

    problems: str = "E-mails that did not arrive"
    given_up: str = "Given up"
    waiting: str = "Is tried again"


ENGLISH_OWNER_CALLS = OwnerCallTexts()
