"""The words of the owner's contacts in English; those that the tabs share are in `owner_en`."""

from dataclasses import dataclass

from chatbot.ui.locales.owner_en import Words


@dataclass(frozen=True)
class ContactTexts:
    """Every word of the tab; pairs are a stored value and what to call it."""

    filters: Words = (
        ("", "All"),
        ("due", "Due"),
        ("new", "New"),
        ("contacted", "Contacted"),
        ("in_talks", "In talks"),
        ("closed", "Closed"),
        ("suspected", "May be junk"),
        ("junk", "Junk"),
    )
    filter_label: str = "Show"
    counted: str = "{word} {number}"
    tag_filter: str = "Tag"
    any_tag: str = "Any tag"
    import_contacts: str = "Import a CSV file"
    nothing_due: str = "Nothing is due"
    nothing_due_hint: str = "A next step with a day appears here when its day has come."

    # Marks
    overdue: str = "Overdue: {day}"
    due_today: str = "Due today"
    due_on: str = "Due {day}"
    may_be_junk: str = "May be junk"
    confirmed: str = "Confirmed"

    # What looks like junk
    junk_hint: str = "This may be junk. {reason}"
    junk: str = "Junk"
    not_junk: str = "Not junk"
    put_aside: str = "Put aside as junk. It stays in the list of junk."
    cleared: str = "Kept as a contact."

    # What the owner keeps
    stage: str = "Stage"
    stage_saved: str = "Stage saved: {stage}."
    next_step: str = "Next step"
    next_step_hint: str = "For example: send the portfolio"
    next_step_on: str = "On"
    days: Words = (("0", "Today"), ("1", "Tomorrow"), ("7", "In a week"))
    step_done: str = "Done"
    step_noted: str = "Done, and noted in your notes."
    notes: str = "Your notes"
    notes_hint: str = "Only you see them."
    save: str = "Save"
    tags: str = "Tags"
    no_tags: str = "No tags yet."
    new_tag: str = "New tag"
    new_tag_hint: str = "Type a tag, then Enter"
    add_tag: str = "Add"
    remove_tag: str = "Remove the tag {tag}"

    # What is known
    their_words: str = "In their words"
    chats: str = "Conversations"
    no_chats: str = "No conversation is kept of this person."
    questions: str = "Questions they asked that your profile does not answer"
    bookings: str = "Calls"
    booked: str = "{minutes} minutes"
    booking_states: Words = (
        ("held", "On hold"),
        ("booked", "Booked"),
        ("cancelled", "Cancelled"),
        ("expired", "Not confirmed"),
    )
    jobs: str = "Job descriptions"
    untitled_job: str = "Job description"
    changed_at: str = "Last change"

    # Merging
    same_person: str = "Is it the same person as another contact?"
    find_same: str = "Name, e-mail address or phone number"
    alike: str = "These look alike:"
    none_alike: str = "No other contact looks alike. Search for one above."
    none_found: str = "No other contact is called so."
    merge_title: str = "Merge {other} into {name}?"
    merge_gone: str = (
        "{other} is gone afterwards, and this cannot be undone. Nothing is lost: conversations, "
        "calls, tags and notes of both are kept together here."
    )
    merge_fill: str = "The {what} {value} is taken over."
    merge_conflict: str = "The {what} stays {kept}; {noted} goes to your notes."
    merge_same: str = "Their details do not contradict each other."
    merge: str = "Merge"
    cancel: str = "Cancel"
    merged: str = "Merged."


@dataclass(frozen=True)
class ImportTexts:
    """Every word of the page that takes contacts in from a file."""

    title: str = "Import contacts"
    intro: str = (
        "Choose a CSV file: one from here, from Google Contacts, LinkedIn or Outlook, or your own "
        "table with a line of headings. You see what would happen before anything is changed."
    )
    limits: str = "Up to 1 MB and 2,000 contacts. Importing a file twice changes nothing more."
    rules: str = (
        "Contacts are found by e-mail address, or by phone number where there is none. What is "
        "empty is filled in, nothing is overwritten, and what differs goes to your notes."
    )
    file: str = "CSV file"
    preview: str = "Show what would happen"
    no_file: str = "Choose a file first."
    back: str = "Back to the contacts"
    other_file: str = "Choose another file"
    confirm: str = "Import {number}"
    one: str = "1 contact"
    many: str = "{number} contacts"
    nothing: str = "This file changes nothing."
    done: str = "Imported."
    would: Words = (
        ("added", "would be added"),
        ("merged", "would be merged into contacts that you have"),
        ("unchanged", "are here already, without a change"),
        ("refused", "cannot be used"),
    )
    did: Words = (
        ("added", "added"),
        ("merged", "merged into contacts that you had"),
        ("unchanged", "were here already, without a change"),
        ("refused", "could not be used"),
    )
    line: str = "Line {line}"
    unnamed: str = "without a name"
    more: str = "and {number} more"


ENGLISH_CONTACTS = ContactTexts()
ENGLISH_IMPORT = ImportTexts()
