"""The words of the owner's Tailor tab in English."""

from dataclasses import dataclass

from chatbot.ui.locales.owner_en import Words


@dataclass(frozen=True)
class TailorTexts:
    """Every word of the tab; pairs are a value and what to call it."""

    tailor: str = "Tailor"
    show: str = "Show"
    parts: Words = (("", "All"), ("brought", "From visitors"), ("own", "Mine"))
    new: str = "A job description or a link to one"
    new_hint: str = "Paste one that you want to apply for"
    save: str = "Save and compare"
    saved: str = "Saved. It stands first in the list."
    none: str = "No job descriptions here"
    none_hint: str = "What visitors paste appears here; paste one of your own above."
    untitled: str = "Job description"
    mine: str = "Mine"
    brought: str = "From a visitor"
    tally: str = "{met} of {asked} met"
    choose: str = "Choose a job"
    choose_hint: str = "See how your records compare, what to change in your CV, and a letter."
    open_sheet: str = "Open the fit sheet"
    open_in: str = "Open in Tailor"
    open_chat: str = "Read the chat"
    delete: str = "Delete"
    deleted: str = "Deleted."
    advice: str = "Your CV for this job"
    no_advice: str = "Nothing to change comes up."
    kinds: Words = (
        ("highlight", "Highlight"),
        ("reorder", "Reorder"),
        ("rephrase", "Rephrase"),
        ("learn", "Learn"),
        ("tell", "Tell, if it is true"),
    )
    letter: str = "Cover letter, a draft"
    letter_hint: str = (
        "Every claim is a quote or a figure from your records; the numbers say which."
    )
    sources: str = "Sources"
    text: str = "The job description"
    talk: str = "Your conversation about this job"
    ask: str = "Ask about this job"
    ask_hint: str = "What should I highlight? Write a letter. What do I know about Kafka?"
    ask_button: str = "Ask"
    sheet: str = "Requirements"
    statuses: Words = (
        ("met", "Met"),
        ("partial", "In part"),
        ("gap", "Gap"),
        ("unknown", "Open"),
    )


ENGLISH_TAILOR = TailorTexts()
